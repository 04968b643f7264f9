create table t(a int, b int default 5);
create index on t(b);
create view v as select b from t;
