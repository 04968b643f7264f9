create type a as (x integer, y text, z date);
create table t (id integer, a a);
