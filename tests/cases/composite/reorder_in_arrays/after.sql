CREATE TYPE c AS (b text, a numeric, e boolean);
COMMENT ON TYPE c IS 'a pair';
CREATE TYPE o AS (n bigint, cs c[]);
CREATE TABLE t (
    id integer PRIMARY KEY,
    x c[],
    y o,
    z o[],
    q c[] DEFAULT ARRAY[ROW('d', 4, NULL)::c]
);
CREATE VIEW v AS SELECT id, (x[1]).b, (y).cs FROM t;
CREATE FUNCTION f(c[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'select ($1[1]).a::integer';
CREATE INDEX t_f ON t (f(x));
