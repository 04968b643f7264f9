create table t (a integer constraint has_a not null, id serial primary key);
