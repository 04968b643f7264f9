create table t (x integer, id bigserial);
