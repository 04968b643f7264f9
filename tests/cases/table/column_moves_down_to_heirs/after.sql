create table a (id int not null);
create table b (x int, n text not null default 'a', m int, constraint a_m_check check (m > 0)) inherits (a);
create table c (n text default 'c', m bigint) inherits (a);
create table d (y int, g int) inherits (b);
create index on b (n);
create view v as select id, n from b;
create statistics s on id, m from b;
comment on column b.n is 'of b';
alter table b alter n set statistics 200;
