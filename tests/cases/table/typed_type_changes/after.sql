CREATE TYPE person AS (id integer, name text, age bigint, z text, e text);
CREATE TABLE a OF person (PRIMARY KEY (id));
CREATE TABLE b OF person (name WITH OPTIONS DEFAULT 'x');
CREATE INDEX b_name_idx ON b (name);
CREATE VIEW v AS SELECT id, name FROM a;
