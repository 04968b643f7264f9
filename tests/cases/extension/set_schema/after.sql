create schema ext;
create extension citext with schema ext;
create table t (name ext.citext);
