create type e as enum ('a','z','b');
create table t(x e default 'z', constraint c check (x <> 'z'));
create view v as select * from t where x='z';
create index i on t(x) where x='z';
