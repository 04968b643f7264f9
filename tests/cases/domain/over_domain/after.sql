create domain a as text default 'y';
create domain b as a;
create domain c as a default null;
create domain d as b;
create domain e as b default null;
create domain f as c;
create domain g as text default null;
create domain h as g;
