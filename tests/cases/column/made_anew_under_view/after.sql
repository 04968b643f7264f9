create table t (id int, a int, b int generated always as (a + 1) stored, c int, d text);
create view v as select b from t;
create view w as select c, d from t;
create type lvl as enum ('lo', 'hi');
create function cls(integer) returns lvl language sql immutable as $$ select case when $1 > 5 then 'hi'::public.lvl else 'lo'::public.lvl end $$;
create table u (a integer, l lvl generated always as (cls(a)) stored);
create view x as select l from u where l = 'hi';
