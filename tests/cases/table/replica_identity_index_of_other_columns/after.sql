create table t (id int not null, k int, constraint u unique (id));
alter table t replica identity using index u;
create table q (id int primary key, w int);
create table r (a int, b int not null, constraint ra unique (a), constraint rb unique (b));
alter table r replica identity using index rb;
create table s (a int not null, b int not null, constraint sa unique (a, b));
alter table s replica identity using index sa;
create table v (a int, b int, constraint va unique (a, b));
create table w (a int, b int, unique (b, a));
