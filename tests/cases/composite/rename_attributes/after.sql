create type a as (one integer, two text, three date);
create table t (id integer, a a);
