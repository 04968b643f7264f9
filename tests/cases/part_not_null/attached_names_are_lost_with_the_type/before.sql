create table p (id int, v varchar(5) not null) partition by list (id);
create table p1 (id int, v varchar(5) constraint c not null);
alter table p attach partition p1 for values in (1);
comment on constraint c on p1 is 'x';
create table p2 partition of p for values in (2);
comment on constraint p_v_not_null on p2 is 'y';
create table h (a int constraint hb not null);
create table h1 () inherits (h);
comment on constraint hb on h1 is 'y';
