CREATE SCHEMA other;
CREATE TABLE users (id serial PRIMARY KEY, n serial);
CREATE TABLE moves (id serial PRIMARY KEY);
