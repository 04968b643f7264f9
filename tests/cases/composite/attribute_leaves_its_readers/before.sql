create type addr as (street text, zip text, country text);
create function mk() returns addr language sql immutable as $$ select row('a', 'b', 'c')::public.addr $$;
create table t (id int, a addr default row('x', 'y', 'z')::addr, g text generated always as ((a).zip || (a).country) stored, constraint c check ((a).country <> 'q'));
create index i on t (((a).country));
create policy p on t using ((a).country = 'r');
