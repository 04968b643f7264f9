create table t(id int, n int);
create function f(t) returns int language sql immutable as 'select 1';
create function g() returns int language sql as 'select 5';
alter table t alter n set default g();
create function h(t) returns setof t language sql as 'select * from t';
create view v as select f(t) from t;
create function mk() returns t language sql as 'select null::t';
alter table t alter n set default (mk()).id;
