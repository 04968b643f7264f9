create sequence a;
create sequence b as smallint start with 5 increment by 2 minvalue 3 maxvalue 99 cache 7 cycle;
create sequence down increment by -1;
create sequence down_small as integer increment by -3 minvalue -100 maxvalue 10 start with 4;
create table t (id integer);
create sequence t_no owned by t.id;
