create type mood as enum ('b', 'd');
create table t (m mood);
