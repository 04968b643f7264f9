create domain a as text default 'x' not null;
create domain b as integer;
create table t (a a, b b);
