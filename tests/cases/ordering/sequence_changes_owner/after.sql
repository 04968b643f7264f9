create table a(id int);
create table b(id int);
create sequence s owned by b.id;
alter table a alter id set default nextval('s');
alter table b alter id set default nextval('s');
