create extension citext;
create table t (id integer, name citext, other citext default 'x'::citext);
