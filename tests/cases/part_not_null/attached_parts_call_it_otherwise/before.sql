-- Of two levels, with rows that others refer to.
create table p (id int constraint pp not null, v int not null, primary key (id, v)) partition by list (id);
create table p1 (id int constraint a1 not null, v int constraint v1 not null) partition by list (v);
create table p11 (id int constraint b1 not null, v int constraint w1 not null);
create table p12 (id int constraint c1 not null, v int constraint v1 not null);
create table pd (id int constraint pd not null, v int constraint v1 not null);
create table o (x int, y int, foreign key (x, y) references p);
alter table p1 attach partition p11 for values in (1);
alter table p1 attach partition p12 default;
alter table p attach partition p1 for values in (1);
alter table p attach partition pd default;
comment on constraint a1 on p1 is 'x';
comment on constraint b1 on p11 is 'y';
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger t after insert on p for each row execute function f();
alter table p11 disable trigger t;
