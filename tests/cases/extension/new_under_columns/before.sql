CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL UNIQUE, name varchar(40), tags text[]);
CREATE INDEX users_name ON users (name) WHERE name <> '';
