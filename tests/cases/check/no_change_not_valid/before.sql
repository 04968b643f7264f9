create table t (a integer, b integer);
alter table t add constraint ck check (a > 0) not valid;
create domain d as integer;
alter domain d add constraint dk check (value > 0) not valid;
create table r (id integer primary key);
alter table t add constraint fk foreign key (b) references r not valid;
