create table p (a int primary key, b int);
create table h (a int not null, b int, c int) inherits (p);
create table hh (a int, b int, c int, primary key (a)) inherits (h);
create table refers (a int references p, hh int references hh);
create table n (x int, y int generated always as identity);
create table part (x int, y int not null) inherits (n);
alter table part alter x set not null;
create table below_part (x int not null) inherits (part);
