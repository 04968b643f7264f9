create type a as (x integer, y text);
create table t (id integer, a a);
