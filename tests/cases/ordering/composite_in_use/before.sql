create type c as (a int, b text);
create table t(x c, y c[]);
create view v as select (x).a from t;
create function f(c) returns c language sql as 'select $1';
