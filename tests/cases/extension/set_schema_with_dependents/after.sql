create schema ext;
create extension citext with schema ext;
set search_path = public, ext;
create table t (name citext primary key, a text default ('x'::citext)::text);
create index t_lower on t (lower(name::text));
create view v as select name, name = 'x'::citext as is_x from t;
create domain d as citext check (value <> ''::citext);
