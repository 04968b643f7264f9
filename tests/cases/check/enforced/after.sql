create table t (a integer constraint ck check (a > 0), b integer);
