create table u (id integer);
create sequence t_id_seq as integer owned by u.id;
alter table u alter id set default nextval('t_id_seq');
