create domain a as varchar(10) check (value <> '');
comment on domain a is 'A.';
create domain c as text;
create collation old (locale = 'C');
create domain e as text collate old;
