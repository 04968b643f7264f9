create function f() returns trigger language plpgsql as 'begin return new; end';
create table p (id bigint not null, d int not null) partition by range (d);
create table q (d int not null, id bigint not null);
create table r (id bigint not null, d int not null) partition by list (id);
create table r1 partition of r for values in (1);
