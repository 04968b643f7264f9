create table clients (id int not null, code text, name text, constraint clients_code primary key (code));
create view names as select id, name, count(*) from clients group by id, name;
