create table p (id int, v int constraint pv not null default 3) partition by list (id);
create table p1 (id int, v int constraint d not null default 3);
create table p2 (id int, v int constraint c not null default 3);
create table p3 (id int, v int constraint c3 not null default 3);
alter table p attach partition p1 for values in (1);
alter table p attach partition p2 for values in (2);
comment on constraint d on p1 is 'aa';
comment on constraint c on p2 is 'bb';
comment on constraint c3 on p3 is 'cc';
