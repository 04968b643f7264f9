create table m (id integer, d integer, constraint c check (id > 0)) partition by range (d);
create table m1 partition of m for values from (1) to (10);
create table p (id integer, constraint c check (id > 0));
create table h () inherits (p);
