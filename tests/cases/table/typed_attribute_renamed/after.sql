CREATE TYPE person AS (id integer, full_name text, age bigint, z text, e text);
CREATE TABLE a OF person (PRIMARY KEY (id));
CREATE TABLE b OF person (full_name WITH OPTIONS DEFAULT 'x');
CREATE INDEX b_name_idx ON b (full_name);
CREATE VIEW v AS SELECT id, full_name AS name FROM a;
