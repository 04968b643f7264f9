create table a (id int primary key, v text);
create index a_v on a (v);
create view b as select id from a;
create table c (id int references a);
create sequence d;
create function e(x a) returns int language sql return 1;
create table k (x int);
create table k_heir () inherits (k);
create view l as select 1 as one;
