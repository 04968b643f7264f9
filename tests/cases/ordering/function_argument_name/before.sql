create function f(a int) returns int language sql immutable as 'select $1';
create view v as select f(a => 1) x;
create materialized view m as select x from v;
