create type k as (a bigint, b text);
create table typed of k;
create table t (x k);
create view v as select a from typed;
