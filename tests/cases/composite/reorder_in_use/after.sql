create type a as (y text, z numeric, x bigint);
create type b as (a a, n integer);
create table t (id integer, a a, b b);
create view v as select (a).y from t;
