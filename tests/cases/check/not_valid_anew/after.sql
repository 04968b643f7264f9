create table r (id integer primary key, k integer unique);
create domain d as integer;
create table t (a integer, b integer, v d);
alter domain d add constraint dk check (value > 5) not valid;
alter table t add constraint ck check (a > 5) not valid;
alter table t add constraint fk foreign key (b) references r (k) not valid;
