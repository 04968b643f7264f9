create table a (id int not null, n text not null default 'a', m int check (m > 0), g int);
create table b (x int) inherits (a);
create table c () inherits (a);
create table d (y int) inherits (b);
create index on b (n);
create view v as select id, n from b;
create statistics s on id, m from b;
comment on column b.n is 'of b';
alter table b alter n set statistics 200;
