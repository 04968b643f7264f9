create table clients (id int primary key, name text not null);
create index clients_initial on clients (name);
create unique index clients_nick on clients (name);
