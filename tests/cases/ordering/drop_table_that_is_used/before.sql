create table t(a int primary key, z text);
create table u(a int references t);
create view v as select * from t;
create view w as select * from v;
