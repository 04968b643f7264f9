create table t(a int, b int);
create function f() returns int language sql begin atomic select max(a) from t; end;
create view v as select f() x;
