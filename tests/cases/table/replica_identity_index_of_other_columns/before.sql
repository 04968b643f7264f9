create table t (id int not null, k int not null, constraint u unique (id, k));
alter table t replica identity using index u;
create table q (id int primary key, w int not null, constraint wq unique (w));
alter table q replica identity using index wq;
create table r (a int not null, b int, constraint ra unique (a), constraint rb unique (b));
alter table r replica identity using index ra;
create table s (a int not null, b int, constraint sa unique (a, b));
