create table t(id int, n bigint);
create view v1 as select id, n from t;
create view v2 as select n+1 as m from v1;
create materialized view mv as select m from v2;
create index mvi on mv(m);
comment on materialized view mv is 'hey';
comment on view v1 is 'one';
comment on column v2.m is 'two';
create view v3 with (security_barrier=true, security_invoker=true) as select * from v2 where m>3;
