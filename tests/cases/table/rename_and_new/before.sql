create table users (id serial primary key, name text, email text unique);
create table posts (id serial primary key, user_id integer references users);
