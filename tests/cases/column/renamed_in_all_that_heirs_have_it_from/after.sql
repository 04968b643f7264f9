create table p (x int, y int constraint p_b_not_null not null);
create table q (y int, x int constraint q_a_check check (x > 0));
create table r (y int);
create table h (x int, c int, constraint q_a_check check (x > 0)) inherits (p, q, r);
create table hh () inherits (h);
create table beside (x int, constraint q_a_check check (x > 0)) inherits (r, q);
comment on column h.x is 'in all of them';
create index h_a_idx on h (x);
create view v as select x as a from h;
