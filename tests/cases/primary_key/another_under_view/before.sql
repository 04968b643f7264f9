create table clients (id int, code text not null, name text, constraint clients_pkey primary key (id));
create view names as select id, name, count(*) from clients group by id;
