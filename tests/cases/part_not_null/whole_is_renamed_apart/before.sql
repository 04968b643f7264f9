-- Of parts, one with a comment and one with a key.
create table p (id int, a int not null) partition by list (id);
comment on constraint p_a_not_null on p is 'said';
create table p1 (id int, a int not null);
alter table p attach partition p1 for values in (1);
create table p2 (id int, a int constraint mine not null) partition by list (a);
create table p2d (id int, a int not null);
alter table p2 attach partition p2d default;
alter table p attach partition p2 for values in (2);
create table p3 partition of p default;
create table k (id int primary key) partition by list (id);
create table k1 (id int not null);
alter table k attach partition k1 for values in (1);
create table k2 partition of k default;
-- Of heirs: of two tables, at two levels, and such as say the column themselves.
create table h (a int not null);
create table i (a int not null);
create table hi () inherits (h, i);
alter table hi alter a set not null;
create table h1 () inherits (h);
alter table h1 alter a set not null;
create table h2 (a int not null);
alter table h2 inherit h1;
create table s (a int constraint sx not null, b int constraint sy not null);
create table s1 (a int constraint sb not null) inherits (s);
alter table s1 alter b set not null;
