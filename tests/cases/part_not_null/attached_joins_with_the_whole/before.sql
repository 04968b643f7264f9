create table p (id int, v int, w int not null) partition by list (id);
create table p1 (id int, v int constraint a not null, w int constraint b not null);
alter table p attach partition p1 for values in (1);
create table p2 (id int, v int , w int constraint b not null);
alter table p attach partition p2 for values in (2);
comment on constraint a on p1 is 'aa';
comment on constraint b on p1 is 'bb';
