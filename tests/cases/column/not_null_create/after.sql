create table t (a integer, late integer, own integer not null no inherit default 1, two integer default 2);
alter table t add constraint t_late_not_null not null late not valid;
alter table t add constraint b not null two no inherit not valid;
comment on constraint t_own_not_null on t is 'of this table';
comment on constraint b on t is 'later';
create table u (a integer constraint a not null no inherit, b integer);
alter table u add constraint u_b_not_null not null b not valid;
comment on constraint a on u is 'more';
comment on column u.a is 'the column';
