create schema core;
create table core.t (id integer);
create sequence core.s;
comment on table core.t is 'kept';
