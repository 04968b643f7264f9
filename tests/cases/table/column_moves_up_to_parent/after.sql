create table a (id int, n text default 'a', m int);
create table b (x int, n text not null default 'b', m int, check (n <> 'q')) inherits (a);
create table c (n text default 'c', m int) inherits (a);
create view v as select n from b;
alter table c alter n set default 'a';
