create table t(a int, b int, c int not null primary key);
create view v as select a, max(b) b, count(*) from t group by a;
