create domain a as varchar(20) check (value <> '');
comment on domain a is 'A.';
create domain c as text collate "C";
create schema s;
create collation s.new (locale = 'POSIX');
create domain e as text collate s.new;
