create table t(a int primary key);
create materialized view m as select a from t;
create view v as select a from m;
create sequence s;
create function f(v) returns int language sql as 'select 1';
