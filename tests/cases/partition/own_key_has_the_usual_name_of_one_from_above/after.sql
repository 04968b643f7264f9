create table t (id int);
create table r6 (d int, a int) partition by range (d);
create table r5 partition of r6 for values from (0) to (10);
alter table r5 add unique (a) include (d);
alter table r6 add unique (a, d);
