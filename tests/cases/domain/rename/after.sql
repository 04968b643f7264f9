create schema app;
create domain app.b as text constraint a_check check (value <> '');
create table t (a app.b);
