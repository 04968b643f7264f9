create type mood as enum ('sad', 'good', 'great');
create table t (m mood default 'good');
