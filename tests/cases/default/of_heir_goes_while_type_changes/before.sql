create table a (id int, n int default 1);
create table b (x int) inherits (a);
create table c (n int default 3, y int) inherits (b);
create table d () inherits (a);
alter table d alter n set default 9;
create table p (k int, n int default 1) partition by list (k);
create table p1 partition of p for values in (1);
alter table p1 alter n set default 5;
