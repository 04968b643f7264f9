CREATE TYPE kind AS ENUM ('x', 'y');
CREATE FUNCTION f(v kind) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TABLE t (id integer PRIMARY KEY, a kind DEFAULT 'x', n integer DEFAULT f('x'));
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f('x'::kind) AS z;
