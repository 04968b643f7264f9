create table t (a integer not null no inherit, b integer, c integer, x integer);
alter table t add constraint has_b not null b not valid;
alter table t add constraint has_c not null c not valid;
comment on constraint t_a_not_null on t is 'goes';
comment on constraint has_b on t is 'goes';
