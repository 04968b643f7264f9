create table t (a integer, b integer);
create table foo (a integer);
create sequence bar;
create view baz as select 1 as x;
create index qux on t (a);
