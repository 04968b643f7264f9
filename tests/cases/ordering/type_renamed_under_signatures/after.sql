CREATE SCHEMA k;
CREATE TYPE k.sort AS ENUM ('x', 'y');
CREATE TABLE w (id integer);
CREATE FUNCTION f(v k.sort) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION of_row(v w) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION same(a k.sort, b k.sort) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = k.sort, RIGHTARG = k.sort, FUNCTION = same);
CREATE CAST (k.sort AS integer) WITH FUNCTION f(k.sort);
COMMENT ON FUNCTION f(k.sort) IS 'f';
REVOKE EXECUTE ON FUNCTION f(k.sort) FROM public;
CREATE TABLE t (
    id integer PRIMARY KEY,
    a k.sort DEFAULT 'x',
    n integer DEFAULT f('x'),
    CONSTRAINT c CHECK (f(a) > 0 AND a === a)
);
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f('x'::k.sort) AS z;
