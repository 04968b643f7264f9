create table t (a integer not null unique, b integer not null);
create unique index tc on t (b);
alter table t cluster on t_a_key;
alter table t replica identity using index tc;
