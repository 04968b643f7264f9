create table t (id integer);
create sequence t_id_seq as integer owned by t.id;
alter table t alter id set default nextval('t_id_seq');
