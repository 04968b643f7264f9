create table t (id bigserial primary key, x int);
create table i (id bigint generated always as identity primary key);
create table u (a int);
create index on u (a);
