create table h (a int, b int, c int, d int, e int);
create table hh () inherits (h);
create table keyed (primary key (a)) inherits (hh);
create table marked () inherits (h); alter table marked alter b set not null; create unique index marked_i on marked (b); alter table marked replica identity using index marked_i;
create table numbered (c int generated always as identity) inherits (h);
create table says (e int not null) inherits (hh);
create table below () inherits (says);
create table below_key (primary key (d)) inherits (hh);
