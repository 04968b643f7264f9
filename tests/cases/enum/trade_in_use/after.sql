create type size as enum ('large', 'dark', 'light');
create type shade as enum ('huge', 'small', 'large');
create type look as (size shade, shades size[]);
create domain usual as shade check (value <> 'huge');
create domain mild as shade check (value <> 'huge');
create domain word as size;
create table t (
  id int primary key,
  a shade default 'small',
  b mild not null,
  look look,
  usual usual,
  sizes shade[],
  tone size,
  said size,
  word word
);
create index t_a on t (a);
create view v as select a, b from t;
