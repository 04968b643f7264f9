create table a (id bigserial not null, c timestamp not null, primary key (id, c)) partition by range (c);
create sequence s;
create table b (id bigint not null default nextval('s'), c timestamp not null) partition by range (c);
alter sequence s owned by b.id;
