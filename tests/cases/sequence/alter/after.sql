create sequence a as integer start with 10 increment by 5 minvalue 1 maxvalue 1000 cache 3 cycle;
create sequence b as bigint start with 1;
create sequence c as bigint;
