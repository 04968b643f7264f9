create table p (a int not null, b int not null);
create table q (a int not null); create table h (constraint "Said" not null a) inherits (q);
create table g (constraint ga not null a, constraint gb not null b) inherits (p);
create table below () inherits (g);
insert into h values (1); insert into g values (3, 4); insert into below values (5, 6);
