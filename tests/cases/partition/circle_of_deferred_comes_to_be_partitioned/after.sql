create table a(id int primary key, b_id int) partition by range (id);
create table a1 partition of a for values from (0) to (100);
create table b(id int primary key, a_id int references a deferrable initially deferred) partition by range (id);
create table b1 partition of b for values from (0) to (100);
alter table a add foreign key (b_id) references b deferrable initially deferred;
