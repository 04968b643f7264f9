create table t (id int);
create table h (x t, y int);
create table u (id int);
create table gone (x u);
