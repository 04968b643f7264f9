create table t(a int);
create view w as select a from t;
create view w2 as select a from w;
