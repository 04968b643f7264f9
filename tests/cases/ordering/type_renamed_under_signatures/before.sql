CREATE TYPE kind AS ENUM ('x', 'y');
CREATE TABLE u (id integer);
CREATE FUNCTION f(v kind) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION of_row(v u) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION same(a kind, b kind) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = kind, RIGHTARG = kind, FUNCTION = same);
CREATE CAST (kind AS integer) WITH FUNCTION f(kind);
COMMENT ON FUNCTION f(kind) IS 'f';
REVOKE EXECUTE ON FUNCTION f(kind) FROM public;
CREATE TABLE t (
    id integer PRIMARY KEY,
    a kind DEFAULT 'x',
    n integer DEFAULT f('x'),
    CONSTRAINT c CHECK (f(a) > 0 AND a === a)
);
CREATE INDEX i ON t (f(a));
CREATE VIEW v AS SELECT f('x'::kind) AS z;
