create table t (a integer);
create sequence s owned by t.a;
