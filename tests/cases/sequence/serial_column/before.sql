create table t (x integer);
