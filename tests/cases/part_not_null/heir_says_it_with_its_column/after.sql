create table a (id int not null, n text, m text);
create table b () inherits (a);
alter table b alter n set not null, alter m set not null;
create table c (n text, m text) inherits (a);
