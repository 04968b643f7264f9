create type y1 as (b int, a int);
create domain y2 as y1;
create table t (id int, c y2, d y2[]);
