create table t(a int check (a >= 1 and a <= 5 and a <> 3));
create index on t(a) where a >= 1 and a <= 5 and a <> 4;
create view v as select a from t where a >= 1 and a <= 5 and a > 2;
