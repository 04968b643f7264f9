create type a as (x integer, z text);
create table t (id integer, a a);
create view v as select id, (a).z as y from t;
comment on view v is 'V.';
