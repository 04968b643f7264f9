create type e as enum ('a', 'b');
create type o as (n int, e e);
create table t (n int, x e, y e[]);
