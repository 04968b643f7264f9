create table p (id int, v int constraint pv not null default 3) partition by list (id);
create table p1 (id int, v int constraint c not null default 3);
create table p2 (id int, v int constraint c not null default 3);
create table p3 (id int, v int constraint c3 not null default 3);
alter table p attach partition p3 for values in (3);
comment on constraint c on p1 is 'aa';
