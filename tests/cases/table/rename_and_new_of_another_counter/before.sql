create table entries (id serial primary key, a integer);
create table events (id integer generated always as identity primary key, a integer);
