create type a as (one integer, two text, three date, four text);
create table t (id integer, a a);
