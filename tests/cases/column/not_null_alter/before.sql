create table t (a integer not null, b integer not null no inherit, c integer, d integer, e integer not null, f integer);
alter table t add constraint c not null c not valid;
alter table t add constraint t_d_not_null not null d not valid;
alter table t add constraint t_f_not_null not null f not valid;
comment on constraint t_a_not_null on t is 'before';
comment on constraint c on t is 'goes';
comment on constraint t_d_not_null on t is 'goes with it';
create table child () inherits (t);
create table grandchild (x integer) inherits (child);
