create domain a as integer constraint positive check (value > 0) constraint y check (value < 9);
create table t (a a);
