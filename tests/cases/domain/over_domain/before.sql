create domain a as text default 'x';
create domain b as a;
create domain c as a default null;
