create sequence a as integer increment by -1;
create table t (id serial);
