create table t (a integer not null no inherit, b integer not null, c integer constraint was_c not null, d integer, e integer constraint e not null no inherit, f integer);
alter table t add constraint f not null f not valid;
comment on constraint t_a_not_null on t is 'after';
comment on constraint t_b_not_null on t is 'new';
comment on constraint f on t is 'still';
create table child () inherits (t);
create table grandchild (x integer) inherits (child);
