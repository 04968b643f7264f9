create schema app;
create type app.feeling as enum ('a');
create table t (m app.feeling);
