create table r (id int primary key);
create table p (id int not null, a text default 'a', r int references r, check (id > 0)) partition by list (id);
create index p_a on p (a);
create table p1 partition of p for values in (1);
create table p2 partition of p for values in (2);
create table p3 partition of p default;
create view v as select id from p1;
