create domain a as integer check (value > 0);
create table t (a a);
