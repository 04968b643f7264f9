create sequence t_id_seq as integer;
create table u (id integer not null default nextval('t_id_seq'), n integer, constraint t_pkey primary key (id));
alter sequence t_id_seq owned by u.id;
create index i on u (n);
create view v as select id, n from u;
