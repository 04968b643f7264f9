create domain y2 as float8 check (value > 0);
create domain y1 as float8 not null;
create table t (id int, c y1, d y2);
