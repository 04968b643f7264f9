create sequence old;
create table t (a bigint default nextval('old'));
