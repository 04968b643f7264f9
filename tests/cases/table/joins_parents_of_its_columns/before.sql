create table p1 (a int not null, b text not null);
create table p2 (b text, c int);
create table k () inherits (p2);
create table m (a int, b text) inherits (p2);
create table n (b text default 'n') inherits (p2, p1);
create table o (c int) inherits (p2);
create sequence e;
create table counted (n int default nextval('e'));
