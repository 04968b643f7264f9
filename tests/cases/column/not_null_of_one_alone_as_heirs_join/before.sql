create table p (a int not null no inherit, b int);
create table joins (a int, b int);
create table leaves (a int, b int) inherits (p);
