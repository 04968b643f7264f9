create schema app;
create type mood as enum ('a');
create table t (m mood);
