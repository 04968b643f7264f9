create table t(a int);
create materialized view m with (fillfactor=50) as select a from t;
create unique index mi on m(a);
comment on materialized view m is 'c';
comment on index mi is 'ic';
comment on column m.a is 'cc';
create view vm as select * from m;
