create table t (a integer, b integer);
create index foo on t (a);
create unique index bar on t (a);
alter table t add constraint baz unique (b);
create table qux (x integer);
