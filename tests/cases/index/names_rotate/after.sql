create table a (x integer);
create table b (x integer);
create table c (x integer);
create index two on a (x);
create index three on b (x);
create index one on c (x);
