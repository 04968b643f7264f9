create schema app;
create domain a as text check (value <> '');
create table t (a a);
