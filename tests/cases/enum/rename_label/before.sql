create type mood as enum ('sad', 'fine');
create table t (m mood default 'fine');
