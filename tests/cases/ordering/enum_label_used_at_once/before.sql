create type e as enum ('a','b');
create table t(x e default 'a');
create view v as select * from t where x='a';
