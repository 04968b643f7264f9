create table p (id int, b int generated always as (id * 2) stored, c int);
create table h (id int, r p);
