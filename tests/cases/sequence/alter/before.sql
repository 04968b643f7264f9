create sequence a;
create sequence b as smallint increment by -1 cycle cache 5;
create sequence c as integer;
