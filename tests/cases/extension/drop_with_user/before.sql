create extension citext;
create table t (id integer, name citext);
