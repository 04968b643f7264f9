create table a (id uuid primary key default gen_random_uuid(), legacy int unique, b int);
create table c (id int primary key, a int references a (legacy));
create view v as select legacy as id from a;
