create table a (id int not null, n text not null, m text);
create table b () inherits (a);
create table c (n text not null, m text not null) inherits (a);
