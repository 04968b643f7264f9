create type y3 as (b int, g int);
create type y4 as (e int, f y3);
create table t (id int, d y4);
