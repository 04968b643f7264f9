create domain a as text;
create domain b as integer default 1 not null;
create table t (a a, b b);
