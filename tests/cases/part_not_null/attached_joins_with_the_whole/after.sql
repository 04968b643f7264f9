create table p (id int, v int not null, w int) partition by list (id);
create table p1 (id int, v int constraint c not null, w int constraint d not null);
alter table p attach partition p1 for values in (1);
create table p2 (id int, v int constraint e not null, w int);
alter table p attach partition p2 for values in (2);
comment on constraint c on p1 is 'aa';
