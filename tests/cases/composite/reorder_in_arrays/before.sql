CREATE TYPE c AS (a integer, b text);
COMMENT ON TYPE c IS 'a pair';
CREATE TYPE o AS (cs c[], n integer);
CREATE TABLE t (
    id integer PRIMARY KEY,
    x c[],
    y o,
    z o[],
    q c[] DEFAULT ARRAY[ROW(4, 'd')::c]
);
CREATE VIEW v AS SELECT id, (x[1]).b, (y).cs FROM t;
CREATE FUNCTION f(c[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'select ($1[1]).a';
CREATE INDEX t_f ON t (f(x));
