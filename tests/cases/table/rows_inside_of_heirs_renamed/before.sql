create table p (a int, b int, c text);
create table h (z int) inherits (p);
create table hh (own int, y int) inherits (h);
create table w (a int, b int, c text) partition by list (c);
create table w1 (a int, b int, c text);
alter table w attach partition w1 default;
create table k (h h, hh hh[], w1 w1);
