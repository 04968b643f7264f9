create schema app;
create type app.b as (x integer);
create table t (id integer, a app.b);
