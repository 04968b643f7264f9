create type a as (x integer, y text, gone date);
create type b as (a a, n integer);
create table t (id integer, a a, b b);
create view v as select (a).y from t;
