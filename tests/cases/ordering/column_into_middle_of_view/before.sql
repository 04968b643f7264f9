create table t(a int, b text, c int);
create view v as select a, c from t;
create view w as select c from v;
create view x as select v.a, w.c from v join w using (c);
create function fv(v) returns int language sql as 'select 1';
