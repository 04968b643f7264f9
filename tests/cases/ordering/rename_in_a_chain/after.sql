create table b(id int, x int, constraint a_pkey primary key (id));
create table c(id int, a_id int, constraint b_pkey primary key (id), constraint b_a_id_fkey foreign key (a_id) references b(id));
create view v as select b.id, a.x from b a join c b on b.a_id = a.id;
