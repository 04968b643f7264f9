create schema app;
create sequence a start with 100;
create table t (id bigint default nextval('a'));
