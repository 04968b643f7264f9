create table a(id bigint primary key, b bigint);
create table b(id bigint primary key, a bigint references a on delete cascade);
alter table a add foreign key (b) references b;
