create schema app;
create type a as (x integer);
create table t (id integer, a a);
