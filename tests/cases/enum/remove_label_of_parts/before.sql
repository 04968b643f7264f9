create type e as enum ('a', 'b', 'c');
create table t (id integer, x e default 'a') partition by range (id);
create table t1 partition of t for values from (0) to (10);
create table t2 partition of t for values from (10) to (20);
create index on t (x);
create table above (id integer, x e);
create table below (more text) inherits (above);
