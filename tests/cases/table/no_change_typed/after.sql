CREATE SCHEMA app;
CREATE TYPE app.person AS (id integer, name text);
CREATE TABLE app.a OF app.person (PRIMARY KEY (id), name WITH OPTIONS DEFAULT 'x');
CREATE TABLE b OF app.person;
