-- One of everything that PostgreSQL 14 has; what later versions added is guarded with \if.
-- Run with psql as a superuser in an empty database. Roles belong to the cluster: made when missing.
-- A subscription is not among them: a database that has one cannot be dropped.
\set ON_ERROR_STOP on
set client_min_messages = error;  -- wal_level is not for publications
select current_setting('server_version_num')::int >= 150000 as v15,
       current_setting('server_version_num')::int >= 160000 as v16,
       current_setting('server_version_num')::int >= 170000 as v17,
       current_setting('server_version_num')::int >= 180000 as v18 \gset
select exists (select from pg_available_extensions where name = 'pg_trgm') as contrib,
       (select count(*) > 50 from pg_collation where collprovider = 'i') as icu \gset
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
create type sink.far_range as range
    (subtype = integer, multirange_type_name = public.far_ranges);
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
comment on index sink.parent_code_key is 'the index of a constraint';
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
alter table sink.parted_rest alter name set not null;
alter table sink.parted_rest disable trigger touch;
create index parted_lower on sink.parted (lower(name));
create index parted_a_sorted on sink.parted_a (id desc);
create index parted_sorted on sink.parted (id);
alter index sink.parted_a_lower_idx alter column 1 set statistics 20;
alter index sink.parted_a_name_idx rename to parted_a_called;
alter index sink.parted_a_called set (fillfactor = 60);
alter table sink.parted_a cluster on parted_a_called;
alter index sink.parted_b0_name_idx depends on extension plpgsql;
comment on index sink.parted_b0_name_idx is 'an index of a part';
comment on index sink.parted_a_pkey is 'an index of the key of a part';
comment on constraint parted_a_pkey on sink.parted_a is 'the key of a part';
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
grant select on pg_catalog.pg_statistic to sink_reader;
grant select (rolname), update (rolname) on pg_catalog.pg_authid to sink_reader with grant option;
grant create on schema pg_catalog to sink_owner;
revoke usage on type pg_catalog."char", pg_catalog.timestamptz from public;
grant usage on schema sink to sink_reader;
grant usage on type sink.mood to sink_reader with grant option;
revoke usage on language plpgsql from public;
select lo_create(0) \g /dev/null
comment on rule "_RETURN" on sink.cheap is 'a comment on a part of a view';
comment on rule quiet on sink.parent is 'a comment on a rule';
comment on aggregate sink.total(integer) is 'a comment on an aggregate';

-- Attributes that nothing above has
create collation sink.parts (lc_collate = 'C', lc_ctype = 'POSIX');
\if :icu
create collation sink.loosely (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
comment on collation sink.loosely is 'a collation';
\endif
create type sink.word;
create function sink.word_in(cstring) returns sink.word
    language internal immutable strict as 'textin';
create function sink.word_out(sink.word) returns cstring
    language internal immutable strict as 'textout';
create function sink.word_receive(internal) returns sink.word
    language internal stable strict as 'textrecv';
create function sink.word_send(sink.word) returns bytea
    language internal stable strict as 'textsend';
create type sink.word (
    input = sink.word_in, output = sink.word_out, receive = sink.word_receive,
    send = sink.word_send, typmod_in = varchartypmodin, typmod_out = varchartypmodout,
    analyze = array_typanalyze, subscript = raw_array_subscript_handler, alignment = double,
    storage = external, category = 'S', preferred = true, default = 'none', delimiter = ';',
    collatable = true);
create type sink.vector;
create function sink.vector_in(cstring) returns sink.vector
    language internal immutable strict as 'textin';
create function sink.vector_out(sink.vector) returns cstring
    language internal immutable strict as 'textout';
create type sink.vector (
    input = sink.vector_in, output = sink.vector_out, internallength = 16, element = float8,
    subscript = raw_array_subscript_handler);
create domain sink.plainly as text collate "C" default 'x';
create domain sink.of_none as numeric(8,2) default null;
create type sink.steps;
create function sink.next_step(sink.steps) returns sink.steps
    language internal immutable strict as 'int4range_canonical';
create type sink.steps as range (subtype = integer, canonical = sink.next_step);
create type sink.texts as range (
    subtype = text, subtype_opclass = text_pattern_ops, collation = "C");
create sequence sink.around as smallint minvalue -5 maxvalue 5 start -5 cache 3 cycle;
create trusted language sink_full
    handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator;
comment on language sink_full is 'a language';
create function sink.foreign_words() returns integer language sink_full as 'begin return 1; end';
create function sink.in_c(internal) returns void language c as '$libdir/plpgsql', 'plpgsql_validator';
create function sink.series(integer, integer) returns setof integer
    language internal immutable strict leakproof rows 50
    support generate_series_int4_support as 'generate_series_int4';
create function sink.reads(sink.base) returns integer
    language plpgsql stable security definer transform for type sink.base
    set search_path = sink, pg_temp set "datestyle" = 'ISO, DMY'
    as $$ begin return 1; end $$;
create procedure sink.reads_too(a sink.base, inout b integer default 3)
    language plpgsql transform for type sink.base set work_mem = '2MB' as $$ begin end $$;
create procedure sink.in_c_too(internal)
    language c as '$libdir/plpgsql', 'plpgsql_validator';
create procedure sink.parsed(n integer, variadic rest integer[] default '{}')
    language sql begin atomic select n; select rest; end;
create aggregate sink.moving(integer) (
    sfunc = int4pl, stype = integer, initcond = '0', msfunc = int4pl, minvfunc = int4mi,
    mstype = integer, minitcond = '0', combinefunc = int4pl, sspace = 8, parallel = safe,
    finalfunc_modify = shareable);
create aggregate sink.ranked(variadic "any" order by variadic "any") (
    sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final,
    finalfunc_extra, hypothetical);
create conversion sink.latin_too for 'LATIN2' to 'UTF8' from iso8859_to_utf8;
create default conversion sink.usual for 'LATIN3' to 'UTF8' from iso8859_to_utf8;
comment on conversion sink.usual is 'a conversion';
create cast (sink.pair as bigint) with inout as implicit;
create cast (sink.base as integer) without function;
comment on cast (sink.pair as bigint) is 'a cast';
create transform for sink.word language plpgsql (
    from sql with function prsd_lextype(internal), to sql with function sink.word_receive(internal));
comment on transform for sink.word language plpgsql is 'a transform';
create function sink.alike(text, text) returns boolean language sql immutable as 'select $1 = $2';
create operator sink.~== (
    leftarg = text, rightarg = text, function = sink.alike, commutator = operator(sink.~==),
    restrict = eqsel, join = eqjoinsel, hashes, merges);
comment on operator sink.~== (text, text) is 'an operator';
create operator family sink.numbers using btree;
alter operator family sink.numbers using btree add
    operator 1 < (bigint, integer), function 1 (bigint, integer) btint84cmp(bigint, integer);
comment on operator family sink.numbers using btree is 'an operator family';
create operator class sink.vectors default for type sink.vector using hash as
    function 1 hashtext(text);
create operator class sink.spots for type point using gist as
    operator 1 <<, operator 15 <->(point, point) for order by float_ops,
    function 1 gist_point_consistent(internal, point, smallint, oid, internal),
    function 2 gist_box_union(internal, internal), function 3 gist_point_compress(internal),
    function 5 gist_box_penalty(internal, internal, internal),
    function 6 gist_box_picksplit(internal, internal),
    function 7 gist_box_same(box, box, internal),
    function 8 (point, point) gist_point_distance(internal, point, smallint, oid, internal),
    storage box;
comment on operator class sink.spots using gist is 'an operator class';
create text search parser sink.headlines
    (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype,
     headline = prsd_headline);
comment on text search parser sink.headlines is 'a parser';
create text search configuration sink.own (parser = sink.headlines);
alter text search configuration sink.own add mapping for asciiword with sink.dictionary, simple;
comment on text search configuration sink.own is 'a configuration';
comment on text search dictionary sink.dictionary is 'a dictionary';
comment on text search template sink.template is 'a template';

create table sink.nothing ();
create table sink.ids (
    id integer generated by default as identity (start 5 increment 5 minvalue 5 maxvalue 500 cache 2 cycle),
    other bigint not null,
    spot point,
    note text,
    constraint ids_pkey primary key (id) include (note) with (fillfactor = 90)
        deferrable initially deferred,
    constraint ids_other unique (other) include (spot) with (fillfactor = 60),
    constraint ids_spot exclude using gist (spot with ~=) include (note) with (fillfactor = 50)
        where (id > 0) deferrable initially deferred,
    constraint ids_hash exclude using hash (note with =));
comment on sequence sink.ids_id_seq is 'the sequence of an identity';
grant usage on sequence sink.ids_id_seq to sink_reader;
alter table sink.ids replica identity using index ids_other;
create index ids_brin on sink.ids using brin (other int8_minmax_multi_ops (values_per_range = 16))
    with (pages_per_range = 4);
create index ids_sorted on sink.ids using btree (note collate "C" text_pattern_ops desc nulls last);
create index ids_spots on sink.ids using gist (spot sink.spots);
create statistics sink.ids_stats (mcv) on (other + 1), note from sink.ids;
alter statistics sink.ids_stats set statistics 77;
comment on statistics sink.ids_stats is 'extended statistics';
create table sink.refers (
    id integer,
    other bigint,
    region text,
    constraint refers_other foreign key (other) references sink.ids (other) match full
        on update cascade on delete set default deferrable initially deferred,
    constraint refers_region foreign key (id, region) references sink.parted on update restrict);
create function sink.log() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger logged after update on sink.refers
    referencing old table as before new table as after
    for each statement execute function sink.log('a', 'it''s', '');
create constraint trigger from_other after update on sink.refers from sink.ids
    for each row execute function sink.touch();
create trigger always before truncate on sink.refers execute function sink.log();
alter table sink.refers enable always trigger always;
create trigger never before insert on sink.refers for each row execute function sink.touch();
alter table sink.refers disable trigger never;
comment on trigger never on sink.refers is 'a trigger';
create rule refers_also as on insert to sink.refers where new.id > 5 do also
    (delete from sink.silent where parent_id = new.id; update sink.refers set other = 1 where id = new.id);
alter table sink.refers enable replica rule refers_also;
alter table sink.refers enable row level security;
create policy strict on sink.refers as restrictive for update to public, sink_owner
    using (id > 0) with check (id > 1);
create policy open on sink.refers;
comment on policy strict on sink.refers is 'a policy';
grant insert, references (id), select (id, region) on sink.refers to sink_owner with grant option;
revoke delete on sink.refers from postgres;
alter table sink.parted_a alter name set storage external;
alter table sink.parted_a alter name set compression pglz;
alter table sink.parted_a alter name set (n_distinct = -0.5);
create view sink.checked as select id, other from sink.refers where id > 0 with local check option;
create view sink.cascaded (one, two) as select id, other from sink.checked with cascaded check option;
comment on view sink.checked is 'a view';
create view sink.circular as select 1 as one;
create function sink.rows_of_circular() returns setof sink.circular language sql as 'select 2';
create or replace view sink.circular as select * from sink.rows_of_circular();
create materialized view sink.kept (one) using sink_heap with (fillfactor = 44) as
    select id from sink.refers;
comment on materialized view sink.kept is 'a materialized view';
create function sink.fdw() returns fdw_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create foreign data wrapper sink_full_fdw
    handler sink.fdw validator postgresql_fdw_validator;
create foreign data wrapper sink_lax_fdw options (mode 'a');
create server sink_full_server type 'some' version '1.2' foreign data wrapper sink_full_fdw
    options (host 'here', dbname 'it''s');
comment on foreign data wrapper sink_full_fdw is 'a wrapper';
comment on server sink_full_server is 'a server';
create user mapping for public server sink_full_server options (user 'me');
create foreign table sink.far (id integer options (column_name 'no') not null, note text collate "C")
    server sink_server options (table_name 'x');
comment on foreign table sink.far is 'a foreign table';
create table sink.spread (id integer, note text) partition by list (id);
create foreign table sink.spread_far partition of sink.spread for values in (1) server sink_server;
alter foreign table sink.spread_far alter id options (add column_name 'no');
create table sink.base_of_far (id integer);
create foreign table sink.heir_far (more integer) inherits (sink.base_of_far) server sink_server;
grant usage on foreign data wrapper sink_full_fdw to sink_reader;
grant usage on foreign server sink_full_server to sink_reader;
create publication sink_part for table sink.parted
    with (publish = 'insert, truncate', publish_via_partition_root);
comment on publication sink_part is 'a publication';
create publication sink_none;
alter event trigger sink_event enable replica;
comment on event trigger sink_event is 'an event trigger';
comment on access method sink_heap is 'an access method';

create table sink.numbered (id integer generated always as identity (sequence name sink.numbers));
\if :v15
create view sink.invoked with (security_invoker) as select 1 as one;
create table sink.loose (a integer, constraint loose_key unique nulls not distinct (a));
create table sink.target (a integer, b integer, primary key (a, b));
create table sink.setter (a integer, b integer,
    constraint setter_fk foreign key (a, b) references sink.target on delete set null (b));
create publication sink_filtered for table sink.target (a, b) where (a > 0);
create publication sink_schema for tables in schema sink;
create unlogged sequence sink.lost;
create unlogged table sink.lost_ids (id bigint generated always as identity);
alter sequence sink.lost_ids_id_seq set logged;
create table sink.kept_ids (id bigint generated always as identity);
alter sequence sink.kept_ids_id_seq set unlogged;
create unique index loose_a on sink.loose (a) nulls not distinct;
\endif
\if :v16
\if :icu
create collation sink.ruled (provider = icu, locale = 'und', rules = '&a < b');
\endif
\endif
\if :v17
alter table only sink.parent alter serial set statistics 0;
create domain sink.surely as text constraint must_be_there not null;
comment on constraint must_be_there on domain sink.surely is 'a constraint of a domain';
create table sink.formula (k integer, g integer generated always as (k + 1) stored)
    partition by list (k);
create table sink.formula_one partition of sink.formula
    (g generated always as (k + 2) stored) for values in (1);
\endif
\if :v18
create table sink.said (a integer, b integer);
create table sink.said_heir () inherits (sink.said);
alter table sink.said_heir add constraint said_a not null a not valid;
alter table sink.said_heir add constraint said_b not null b no inherit;
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
comment on constraint must_have_note on sink.modern is 'a constraint of a column';
create table sink.temporal (
    id int4range, during daterange, code integer,
    constraint temporal_id unique (id, during without overlaps));
alter table sink.temporal add constraint temporal_code foreign key (code)
    references sink.typed not enforced;
create publication sink_generated for table sink.modern
    with (publish_generated_columns = stored);
create table sink.unproven (a integer);
alter table sink.unproven add constraint unproven_a not null a not valid;
create table sink.alone (a integer constraint alone_a not null no inherit);
create table sink.a_table_with_quite_a_long_name_for_a_table (
    and_a_column_with_a_long_name_too integer not null);
\endif
alter procedure sink.nothing() depends on extension plpgsql;
alter index sink.parent_price depends on extension plpgsql;
alter trigger touch on sink.parent depends on extension plpgsql;
alter routine sink.total(integer) depends on extension plpgsql;
