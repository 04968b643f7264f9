create type size as enum ('small', 'medium', 'large');
alter type size owner to pg_monitor;
create table shirt (id integer, size size not null default 'small', sizes size[]);
create index shirt_size on shirt (size);
create view small_shirts as select id from shirt where size <= 'small';
