create table a (id integer primary key, x integer unique);
create table b (id integer primary key, x integer unique);
create table c (id integer primary key, x integer unique);
comment on constraint b_pkey on b is 'of b';
