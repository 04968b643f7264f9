create table p (id int, b int generated always as (id * 2) stored);
create table q (id int, b int generated always as (id * 2) stored);
create table c (x int) inherits (p, q);
create table h (id int, r c);
