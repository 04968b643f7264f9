CREATE SCHEMA k;
CREATE TYPE k.sort AS ENUM ('x', 'y', 'z');
CREATE FUNCTION k.g(v k.sort) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TABLE t (id integer PRIMARY KEY, a k.sort DEFAULT 'x', n integer DEFAULT k.g('x'));
CREATE INDEX i ON t (k.g(a));
CREATE VIEW v AS SELECT k.g('x'::k.sort) AS z;
