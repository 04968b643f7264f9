create table a(id int);
create table b(id int);
create sequence s owned by a.id;
alter table a alter id set default nextval('s');
