create domain a as integer;
create table t (a a);
