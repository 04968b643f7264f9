create table b(id int);
create sequence s owned by b.id;
alter table b alter id set default nextval('s');
