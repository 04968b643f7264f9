create table b (id int constraint a_pkey primary key, v text);
create index a_v on b (v);
create view a as select id from b;
create table d (id int constraint c_id_fkey references b);
create sequence c;
create function e(x b) returns int language sql return 1;
create table l (y int);
create table k_heir () inherits (l);
create view k as select 1 as one;
