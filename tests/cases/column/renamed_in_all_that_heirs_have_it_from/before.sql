create table p (a int, b int not null);
create table q (b int, a int check (a > 0));
create table r (b int);
create table h (a int, c int, constraint q_a_check check (a > 0)) inherits (p, q, r);
create table hh () inherits (h);
create table beside (a int, constraint q_a_check check (a > 0)) inherits (r, q);
comment on column h.a is 'in all of them';
create index on h (a);
create view v as select a from h;
