create type size as enum ('small', 'large', 'huge');
create type shade as enum ('dark', 'light');
create type look as (size size, shades shade[]);
create domain usual as size check (value <> 'huge');
create domain tone as shade;
create domain word as text;
create table t (
  id int primary key,
  a size default 'small',
  b size not null,
  look look,
  usual usual,
  sizes size[],
  tone tone,
  said text,
  word word
);
create index t_a on t (a);
create view v as select a, b from t;
