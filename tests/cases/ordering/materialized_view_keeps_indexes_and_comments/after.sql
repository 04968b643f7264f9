create table t(a int, b int);
create materialized view m with (fillfactor=50) as select a, 1 as k from t;
create unique index mi on m(a);
comment on materialized view m is 'c';
comment on index mi is 'ic';
comment on column m.a is 'cc';
create view vm as select a from m;
