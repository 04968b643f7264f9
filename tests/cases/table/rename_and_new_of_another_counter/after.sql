create table entries_old (id serial primary key, a integer);
create table events_old (id integer generated always as identity primary key, a integer);
create table entries (id integer generated always as identity primary key, a integer);
create table events (id serial primary key, a integer);
