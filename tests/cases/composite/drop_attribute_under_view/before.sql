create type a as (x integer, y text);
create table t (id integer, a a);
create view v as select id, (a).y as y from t;
comment on view v is 'V.';
