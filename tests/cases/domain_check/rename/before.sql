create domain a as integer check (value > 0) constraint x check (value < 9);
create table t (a a);
