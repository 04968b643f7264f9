create table p (id int, a int not null, b int constraint bb not null) partition by list (id);
create foreign data wrapper w;
create server s foreign data wrapper w;
