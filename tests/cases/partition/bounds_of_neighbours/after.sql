create table m (id integer, d integer) partition by range (d);
create table m1 partition of m for values from (1) to (12);
create table m2 partition of m for values from (12) to (18);
create table m3 partition of m for values from (19) to (30);
create table m4 partition of m for values from (18) to (19);
