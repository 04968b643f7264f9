CREATE TABLE c (b text, a bigint);
CREATE TYPE d AS (a integer, b text, more date);
CREATE VIEW e AS SELECT 1 AS a, 'x'::text AS b;
CREATE TABLE t (id integer, v c, w d, x e[]);
