create table p (a int not null, id int not null, z int); create table says () inherits (p);
alter table says alter a set not null; 
create table usual (constraint usual_a_not_null not null a) inherits (p);
create table other (constraint other not null a) inherits (p);
create table keyed (primary key (id)) inherits (p);
create table zz () inherits (p); alter table zz alter z set not null;
