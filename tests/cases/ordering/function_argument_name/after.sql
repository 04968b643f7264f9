create function f(b int) returns int language sql immutable as 'select $1';
create view v as select f(b => 1) x;
create materialized view m as select x from v;
