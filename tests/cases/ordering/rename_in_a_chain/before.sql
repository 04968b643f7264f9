create table a(id int primary key, x int);
create table b(id int primary key, a_id int references a(id));
create view v as select b.id, a.x from a join b on b.a_id = a.id;
