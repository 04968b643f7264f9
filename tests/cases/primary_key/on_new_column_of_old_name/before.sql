create table a (id int primary key, b int);
create table c (id int primary key, a int references a);
create view v as select id from a;
