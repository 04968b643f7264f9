create table p(id uuid primary key);
create table c(p uuid references p(id), unique(p));
create index on c(p);
