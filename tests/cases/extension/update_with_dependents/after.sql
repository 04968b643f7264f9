create extension citext version '1.6';
create table t (name citext primary key, a text default ('x'::citext)::text);
create index t_lower on t (lower(name::text));
create view v as select name, name = 'x'::citext as is_x from t;
create function f(citext) returns citext language sql as 'select $1';
create domain d as citext check (value <> ''::citext);
