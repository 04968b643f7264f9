create table m(a int primary key);
create materialized view v as select a from m;
create view t as select a from v;
create view s as select 1 as x;
create function f(v) returns int language sql as 'select 1';
