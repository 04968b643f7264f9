create table t (a int default 5);
create table h (a int default 5, z int);
alter table h inherit t;
create table hh (a int default 8, z int, n int);
alter table hh inherit h;
