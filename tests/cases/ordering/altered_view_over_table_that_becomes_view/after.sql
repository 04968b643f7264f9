create table u(a int, b int);
create view t as select a,b from u;
create view w as select a, b from t;
create view w2 as select a from w;
