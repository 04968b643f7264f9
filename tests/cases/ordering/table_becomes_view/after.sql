create table u(a int);
create view t as select a from u;
create view w as select a from t;
