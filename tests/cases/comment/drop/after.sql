create schema app;
create type mood as enum ('a');
create type pair as (x integer);
create domain d as text constraint d_ok check (value <> '');
create sequence s;
create table t (id integer, "Odd" text);
