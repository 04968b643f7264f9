create table a (id int, n bigint default 2);
create table b (x int) inherits (a);
create table c (n bigint default 3, y int) inherits (b);
create table d () inherits (a);
create table p (k int, n bigint default 2) partition by list (k);
create table p1 partition of p for values in (1);
