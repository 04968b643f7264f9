create schema app;
create sequence app.b start with 100;
create table t (id bigint default nextval('app.b'));
