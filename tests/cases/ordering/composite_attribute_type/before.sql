create type c as (a int, b text);
create table t(q int);
create view v as select (null::c).a;
create function f(c) returns c language sql as 'select $1';
