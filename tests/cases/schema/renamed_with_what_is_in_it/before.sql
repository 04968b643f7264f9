CREATE SCHEMA app;
CREATE SCHEMA other;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TABLE app.docs (id integer CONSTRAINT k PRIMARY KEY, title text, mood app.mood);
CREATE INDEX by_title ON app.docs (title);
CREATE TABLE other.comes (id integer);
CREATE SEQUENCE app.numbers;
CREATE FUNCTION app.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW app.titles AS SELECT title, app.one() AS n FROM app.docs;
