create table p (id int, v int) partition by list (v);
create table p1 (id int constraint nn2 not null, v int, primary key (id));
alter table p attach partition p1 for values in (1);
create table h (a int);
create table h1 (constraint hk primary key (a)) inherits (h);
alter table h1 rename constraint h1_a_not_null to hn2;
create table n (a int);
create table n1 (constraint nk primary key (a)) inherits (n);
alter table n1 rename constraint n1_a_not_null to nn;
