create schema gone;
create extension citext with schema gone;
create table t (name gone.citext);
