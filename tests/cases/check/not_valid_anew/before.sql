create table r (id integer primary key, k integer unique);
create domain d as integer constraint dk check (value > 0);
create table t (a integer constraint ck check (a > 0), b integer, v d);
alter table t add constraint fk foreign key (b) references r;
