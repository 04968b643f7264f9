create domain a as integer;
create table t (a a);
alter domain a add constraint pos check (value > 0) not valid;
