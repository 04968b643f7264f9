create table t(a int check (a between 1 and 5 and a <> 3));
create index on t(a) where a between 1 and 5 and a <> 4;
create view v as select a from t where a between 1 and 5 and a > 2;
