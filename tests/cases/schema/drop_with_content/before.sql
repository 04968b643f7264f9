create schema old;
create table old.t (id integer, note text);
create type old.mood as enum ('ok');
