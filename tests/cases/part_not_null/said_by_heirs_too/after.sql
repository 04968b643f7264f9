create table p (a bigint, id bigint not null, z int constraint here not null); create table says () inherits (p);
create table usual (constraint usual_a_not_null not null a) inherits (p);
create table other (constraint other not null a) inherits (p);
create table keyed (constraint keyed_id_not_null not null id) inherits (p);
create table zz () inherits (p); alter table zz alter z set not null;
create table nn (constraint q not null id) inherits (p);
