create table t (a integer not null unique, b integer not null);
create unique index tb on t (b);
alter table t cluster on tb;
alter table t replica identity using index tb;
