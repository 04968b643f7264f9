-- One of everything that PostgreSQL 14 has; what later versions added is guarded with \if.
-- Run with psql as a superuser in an empty database. Roles belong to the cluster: made when missing.
-- A subscription is not among them: a database that has one cannot be dropped.
\set ON_ERROR_STOP on
set client_min_messages = error;  -- wal_level is not for publications
select current_setting('server_version_num')::int >= 150000 as v15,
       current_setting('server_version_num')::int >= 160000 as v16,
       current_setting('server_version_num')::int >= 170000 as v17,
       current_setting('server_version_num')::int >= 180000 as v18 \gset
select exists (select from pg_available_extensions where name = 'pg_trgm') as contrib \gset
do $$
begin
    if not exists (select from pg_roles where rolname = 'sink_reader') then
        create role sink_reader;
    end if;
    if not exists (select from pg_roles where rolname = 'sink_owner') then
        create role sink_owner;
    end if;
end $$;

-- Schemas, extensions, types
create schema sink;
comment on schema sink is 'one of everything';
create schema "Odd ""schema"".x" authorization sink_owner;
\if :contrib
create extension pg_trgm schema sink;
\endif

create type sink.mood as enum ('sad', 'ok', 'happy');
create domain sink.positive as integer default 1 not null constraint positive_check check (value > 0);
create domain sink.later as text;
alter domain sink.later add constraint later_check check (value <> '') not valid;
create type sink.pair as (a integer, b text collate "C");
comment on column sink.pair.a is 'the first of two';
create type sink.empty as ();
create function sink.float_diff(a float8, b float8) returns float8
    language sql immutable as 'select a - b';
create type sink.float_range as range
    (subtype = float8, subtype_diff = sink.float_diff, multirange_type_name = sink.float_ranges);
create type sink.shell;
create type sink.base;
create function sink.base_in(cstring) returns sink.base
    language internal immutable strict as 'int4in';
create function sink.base_out(sink.base) returns cstring
    language internal immutable strict as 'int4out';
create type sink.base
    (input = sink.base_in, output = sink.base_out, like = integer, category = 'U');

create collation sink.plain from "C";
create conversion sink.latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;

-- Routines
create function sink.add(a integer, b integer default 1) returns integer
    language sql immutable strict parallel safe cost 5 as 'select a + b';
create function sink.add(a text, b text) returns text
    language sql set work_mem = '1MB' begin atomic select a || b; end;
create function sink.many(out a integer, out b text) returns setof record
    language sql rows 7 as $$ select 1, 'x' $$;
create procedure sink.nothing() language plpgsql security definer as $$ begin null; end $$;
create function sink.row_number() returns bigint
    language internal window immutable as 'window_row_number';
create aggregate sink.total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
create aggregate sink.ordered(float8 order by anyelement) (
    sfunc = ordered_set_transition, stype = internal,
    finalfunc = percentile_disc_final, finalfunc_extra);
create function sink.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create function sink.on_ddl() returns event_trigger language plpgsql as $$ begin end $$;
grant execute on function sink.add(integer, integer) to sink_reader;

-- Operators, casts
create function sink.same(sink.pair, sink.pair) returns boolean
    language sql immutable as 'select $1.a = $2.a';
create operator sink.=== (leftarg = sink.pair, rightarg = sink.pair, function = sink.same,
                          commutator = operator(sink.===), negator = operator(sink.!==));
create function sink.bottom(integer) returns integer language sql immutable as 'select -$1';
create operator sink.!!! (rightarg = integer, function = sink.bottom);
create operator family sink.family using btree;
create function sink.compare(sink.base, sink.base) returns integer
    language internal immutable strict as 'btint4cmp';
create function sink.less(sink.base, sink.base) returns boolean
    language internal immutable strict as 'int4lt';
create operator sink.<# (leftarg = sink.base, rightarg = sink.base, function = sink.less);
create operator class sink.class for type sink.base using btree family sink.family as
    operator 1 sink.<#, function 1 sink.compare(sink.base, sink.base);
create function sink.compare_pair(sink.pair, integer) returns integer
    language sql immutable as 'select $1.a - $2';
create function sink.less_pair(sink.pair, integer) returns boolean
    language sql immutable as 'select $1.a < $2';
create operator sink.<# (leftarg = sink.pair, rightarg = integer, function = sink.less_pair);
alter operator family pg_catalog.integer_ops using btree add
    operator 1 sink.<# (sink.pair, integer), function 1 (sink.pair, integer) sink.compare_pair(sink.pair, integer);
create function sink.to_int(sink.pair) returns integer language sql immutable as 'select $1.a';
create cast (sink.pair as integer) with function sink.to_int(sink.pair) as assignment;
create access method sink_heap type table handler heap_tableam_handler;
create trusted language sink_sql handler plpgsql_call_handler;
create transform for sink.base language plpgsql (from sql with function prsd_lextype(internal));

-- Text search
create text search parser sink.parser
    (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search template sink.template (init = dsimple_init, lexize = dsimple_lexize);
create text search dictionary sink.dictionary (template = pg_catalog.simple, accept = false);
create text search configuration sink.configuration (copy = pg_catalog.simple);

-- Tables
create sequence sink.counter increment 5 start 10 owned by none;
create unlogged table sink.scratch (id integer);
create table sink.parent (
    id bigint generated always as identity primary key,
    name text not null default 'x',
    code text collate "C",
    mood sink.mood,
    price numeric(10, 2) constraint price_check check (price >= 0),
    total numeric generated always as (price * 2) stored,
    during tsrange,
    serial serial,
    doc text,
    constraint parent_code_key unique (code) deferrable initially deferred,
    constraint parent_during_excl exclude using gist (during with &&),
    constraint parent_alone check (id > 0) no inherit
) with (fillfactor = 80, toast.autovacuum_enabled = false);
comment on table sink.parent is 'a table';
comment on column sink.parent.name is 'a column';
comment on constraint price_check on sink.parent is 'a constraint';
alter table sink.parent alter name set statistics 500;
alter table sink.parent alter doc set storage external;
alter table sink.parent alter doc set compression pglz;
alter table sink.parent alter price set (n_distinct = 5);
alter table sink.parent replica identity full;
alter table sink.parent enable row level security;
alter table sink.parent force row level security;
alter table sink.parent add constraint unproven check (price < 1000) not valid;
create index parent_name on sink.parent (lower(name)) where price > 0;
comment on index sink.parent_name is 'an index';
create index parent_price on sink.parent (price) include (name) with (fillfactor = 70);
alter index sink.parent_name alter column 1 set statistics 200;
cluster sink.parent using parent_price;
create statistics sink.parent_stats (ndistinct, dependencies) on name, code from sink.parent;
create policy readers on sink.parent for select to sink_reader using (price > 0);
create rule quiet as on delete to sink.parent do also nothing;
create trigger touch before update of name on sink.parent
    for each row when (old.name is distinct from new.name) execute function sink.touch();
create constraint trigger later after insert on sink.parent deferrable initially deferred
    for each row execute function sink.touch();
grant select on sink.parent to sink_reader with grant option;
grant update (name) on sink.parent to sink_reader;
create table sink.child (
    parent_id bigint references sink.parent on delete set null,
    again bigint);
alter table sink.child add constraint child_again foreign key (again) references sink.parent not valid;
alter table sink.child owner to sink_owner;
create table sink.silent (parent_id bigint constraint silent_fk references sink.parent);
alter table sink.silent disable trigger all;
create table sink.on_other (id integer) using sink_heap;
create table sink.typed of sink.pair (primary key (a));
create index typed_b on sink.typed (b);
create table sink.heir (extra integer) inherits (sink.scratch);
alter table sink.heir alter id set default 7;
create table sink.redefined (id integer not null) inherits (sink.scratch);

create table sink.parted (
    id integer not null default 1, region text, name text default 'n', primary key (id, region)
) partition by list (region);
create index parted_name on sink.parted (name);
create trigger touch after insert on sink.parted for each row execute function sink.touch();
create table sink.parted_a partition of sink.parted for values in ('a');
create table sink.parted_b partition of sink.parted for values in ('b') partition by hash (id);
create table sink.parted_b0 partition of sink.parted_b for values with (modulus 1, remainder 0);
create table sink.parted_rest partition of sink.parted default;
alter table sink.parted_a alter name set default 'other';
alter table sink.parted_a alter name set statistics 50;
alter table sink.parted_rest disable trigger touch;
create index parted_unattached on only sink.parted (id);
create table sink.parted_fk (id integer, region text, foreign key (id, region) references sink.parted);

-- Views
create view sink.cheap with (security_barrier) as select id, name from sink.parent where price < 10;
comment on column sink.cheap.name is 'a column of a view';
alter view sink.cheap alter name set default 'y';
grant select (name) on sink.cheap to sink_reader;
create rule cheap_insert as on insert to sink.cheap do instead nothing;
create materialized view sink.stored as select id, name from sink.parent;
create unique index stored_id on sink.stored (id);
alter materialized view sink.stored alter name set statistics 100;
comment on column sink.stored.name is 'a column of a materialized view';

-- Foreign data, replication, the rest
create foreign data wrapper sink_fdw;
create server sink_server foreign data wrapper sink_fdw;
create user mapping for sink_reader server sink_server options (password 'hidden');
create foreign table sink.remote (id integer not null default 1, constraint remote_check check (id > 0))
    server sink_server;
create trigger touch before insert on sink.remote for each row execute function sink.touch();
create publication sink_some for table sink.child;
create publication sink_all for all tables;
create event trigger sink_event on ddl_command_end when tag in ('CREATE DOMAIN')
    execute function sink.on_ddl();
alter default privileges in schema sink grant select on tables to sink_reader;
alter default privileges for role sink_owner revoke execute on functions from public;
revoke execute on function pg_catalog.pg_sleep(double precision) from public;
grant usage on schema sink to sink_reader;
grant usage on type sink.mood to sink_reader with grant option;
revoke usage on language plpgsql from public;
select lo_create(0) \g /dev/null
comment on rule "_RETURN" on sink.cheap is 'a comment on a part of a view';
comment on rule quiet on sink.parent is 'a comment on a rule';
comment on aggregate sink.total(integer) is 'a comment on an aggregate';

\if :v15
create view sink.invoked with (security_invoker) as select 1 as one;
create table sink.loose (a integer, constraint loose_key unique nulls not distinct (a));
create table sink.target (a integer, b integer, primary key (a, b));
create table sink.setter (a integer, b integer,
    constraint setter_fk foreign key (a, b) references sink.target on delete set null (b));
create publication sink_filtered for table sink.target (a, b) where (a > 0);
create publication sink_schema for tables in schema sink;
\endif
\if :v17
alter table only sink.parent alter serial set statistics 0;
\endif
\if :v18
create table sink.modern (
    id int4range, during daterange,
    note text constraint must_have_note not null,
    twice text generated always as (note || note) virtual,
    constraint modern_key primary key (id, during without overlaps),
    constraint wish check (note <> '') not enforced);
alter table sink.modern add constraint twice_is_there not null twice;
create table sink.periods (
    id int4range, during daterange,
    constraint periods_fk foreign key (id, period during) references sink.modern);
create table sink.unproven (a integer);
alter table sink.unproven add constraint unproven_a not null a not valid;
create table sink.alone (a integer constraint alone_a not null no inherit);
create table sink.a_table_with_quite_a_long_name_for_a_table (
    and_a_column_with_a_long_name_too integer not null);
\endif
