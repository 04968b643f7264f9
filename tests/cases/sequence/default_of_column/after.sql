create sequence new;
create table t (a bigint default nextval('new'));
