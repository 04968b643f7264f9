create table t (a integer, b integer not null);
create unique index t_a_b on t (a, b);
alter table t cluster on t_a_b;
