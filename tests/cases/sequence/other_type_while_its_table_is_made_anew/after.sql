create table a (id serial primary key, c timestamp not null);
create sequence s as integer;
create table b (id int not null default nextval('s'), c timestamp not null);
alter sequence s owned by b.id;
