create table a (x integer);
create table b (x integer);
create table c (x integer);
create index one on a (x);
create index two on b (x);
create index three on c (x);
