CREATE SCHEMA web;
CREATE SCHEMA other;
CREATE TYPE web.state AS ENUM ('sad', 'ok');
CREATE TABLE web.papers (id integer CONSTRAINT k2 PRIMARY KEY, title text, mood web.state);
CREATE INDEX docs_title ON web.papers (title);
CREATE TABLE web.comes (id integer);
CREATE SEQUENCE web.counter;
CREATE FUNCTION web.uno() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW web.names AS SELECT title, web.uno() AS n FROM web.papers;
