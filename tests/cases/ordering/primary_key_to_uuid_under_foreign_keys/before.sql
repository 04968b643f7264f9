create table p(id text primary key);
create table c(p text references p(id), unique(p));
create index on c(p);
