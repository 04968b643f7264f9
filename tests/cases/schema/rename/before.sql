create schema app;
create table app.t (id integer);
create sequence app.s;
comment on table app.t is 'kept';
