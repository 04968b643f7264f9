create type addr as (street text, zip text);
create function mk() returns addr language sql immutable as $$ select row('a', 'b')::public.addr $$;
create table t (id int, a addr default row('x', 'y')::addr, g text generated always as ((a).zip) stored, constraint c check ((a).street <> 'q'));
create index i on t (((a).zip));
create policy p on t using ((a).zip = 'r');
