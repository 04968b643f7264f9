create table t (id int, a int, b int, c int generated always as (id * 2) stored not null, d text default 'x');
create view v as select b from t;
create view w as select c, d from t;
create type lvl as enum ('none', 'lo', 'hi');
create function cls(bigint) returns lvl language sql immutable as $$ select case when $1 > 7 then 'hi'::public.lvl else 'lo'::public.lvl end $$;
create table u (a bigint, l lvl generated always as (cls(a)) stored not null);
create view x as select l from u where l = 'hi';
