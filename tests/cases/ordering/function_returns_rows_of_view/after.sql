create table t(a int, b int);
create view v as select a,b from t;
create function f() returns setof v language sql as 'select * from v';
create view w as select a from f();
