create schema ext;
create extension hstore with schema ext;
create extension citext;
comment on function citext_eq(citext, citext) is 'not ours';
create table t (name citext, h ext.hstore default ''::ext.hstore);
create index t_h on t using gin (h);
create view v as select h operator(ext.->) 'a' as a from t;
