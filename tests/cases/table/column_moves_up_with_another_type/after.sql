create table a (id int not null, n bigint, t text default 'u', g bigint);
create table b (n bigint, t text default 'u', g bigint) inherits (a);
create table c (n bigint, t text default 'u', g bigint) inherits (a);
comment on column b.n is 'of b';
grant select (n) on b to public;
