create type a as (x integer, z date);
create table t (id integer, a a);
