CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE users (id integer PRIMARY KEY, email ext.citext NOT NULL UNIQUE, name ext.citext, tags ext.citext[]);
CREATE INDEX users_name ON users (name) WHERE name OPERATOR(ext.<>) '';
