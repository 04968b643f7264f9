create function initial(text) returns text language sql immutable as 'select left($1, 1)';
create table clients (id int primary key, name text not null, nick text);
create index clients_initial on clients (initial(name));
create unique index clients_nick on clients (nick, initial(name));
