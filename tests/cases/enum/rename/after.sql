create type feeling as enum ('a');
create table t (m feeling);
