create function f(int) returns bigint language sql immutable as 'select $1::bigint';
create table t(a int default f(1), b int check (f(b)>0));
create index ti on t(f(a));
create view v as select f(a) x from t;
