create table p (id int) partition by list (id);
create table p1 (id int);
alter table p attach partition p1 for values in (1);
create table h (a int);
create table h1 () inherits (h);
