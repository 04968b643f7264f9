create table p (id int, v int) partition by list (v);
create table p1 (id int constraint nn not null, v int, primary key (id));
alter table p attach partition p1 for values in (1);
create table h (a int);
create table h1 (constraint hk primary key (a)) inherits (h);
alter table h1 rename constraint h1_a_not_null to hn;
