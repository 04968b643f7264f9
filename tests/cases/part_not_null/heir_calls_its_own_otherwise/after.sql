create table p (a int not null, b int not null);
create table q (a int not null); create table h (constraint otherwise not null a) inherits (q);
create table g (constraint ga not null a, constraint "GB" not null b) inherits (p);
create table below () inherits (g);
