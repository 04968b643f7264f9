create domain a as integer constraint pos check (value > 0);
create table t (a a);
