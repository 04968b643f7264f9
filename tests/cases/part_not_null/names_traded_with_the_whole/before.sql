create table t (id int constraint a not null, y int, constraint c check (y > 0));
create table h (x int constraint b not null) inherits (t);
create table w (id int, x int constraint a not null, y int) partition by list (id);
create table p partition of w for values in (1);
alter table p add constraint b not null y;
