create table p (id int, v int constraint pv not null default 3) partition by list (id);
create table p1 (id int, v int constraint c not null default 3);
alter table p attach partition p1 for values in (1);
comment on constraint c on p1 is 'aa';
create table h (a int not null);
create table h1 () inherits (h);
comment on constraint h_a_not_null on h1 is 'aa';
