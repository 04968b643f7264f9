create table t (a bigint default 5);
create table h (a bigint default 5, z int);
alter table h inherit t;
create table hh (a bigint default 8, z int, n int);
alter table hh inherit h;
