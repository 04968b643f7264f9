create table m (id integer, d integer) partition by range (d);
create table m1 partition of m for values from (1) to (10);
alter table m1 add constraint c check (id > 0);
create table p (id integer);
create table h () inherits (p);
alter table h add constraint c check (id > 0);
