create table a(id int);
create table b(id int);
create sequence s owned by a.id;
alter table b alter id set default nextval('s');
