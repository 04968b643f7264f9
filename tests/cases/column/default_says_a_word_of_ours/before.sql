create table t (id integer, note text);
