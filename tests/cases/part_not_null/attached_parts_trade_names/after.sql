create table p (id int, v int not null, w int not null) partition by list (id);
create table p1 (id int, v int constraint b not null, w int constraint a not null);
alter table p attach partition p1 for values in (1);
