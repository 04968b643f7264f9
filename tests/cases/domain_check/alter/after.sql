create domain a as integer check (value > -1);
create table t (a a);
