CREATE TYPE person AS (id integer, name text, age integer, old text);
CREATE TABLE a OF person (PRIMARY KEY (id));
CREATE TABLE b OF person (name WITH OPTIONS DEFAULT 'x');
CREATE INDEX ON b (name);
CREATE VIEW v AS SELECT id, name FROM a;
