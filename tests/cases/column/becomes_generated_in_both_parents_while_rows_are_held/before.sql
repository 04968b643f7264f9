create table p (id int, b int);
create table q (id int, b int);
create table c (x int) inherits (p, q);
create table h (id int, r c);
