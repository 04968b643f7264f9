create type y4 as (c int, a int);
create type y3 as (e int, h y4);
create table t (id int, d y3);
