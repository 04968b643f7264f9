create table t(a int);
create view w as select a from t;
