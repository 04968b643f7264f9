create table t (id serial primary key, n integer);
create index i on t (n);
create view v as select id, n from t;
