create table p (x bigint, v int, c text);
create table h (z int) inherits (p);
create table hh (mine int, y bigint) inherits (h);
alter table p add d int;
create table w (x bigint, y int, c text) partition by list (c);
create table w1 (x bigint, y int, c text);
alter table w attach partition w1 default;
create table k (h h, hh hh[], w1 w1);
