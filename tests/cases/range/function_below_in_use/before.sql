CREATE FUNCTION f(a float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'select $1 - $2';
CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = f);
CREATE TABLE t (id int primary key, x r, y r_multirange, z r[]);
CREATE INDEX ti ON t USING gist (x);
CREATE TABLE p (x r); CREATE TABLE h (y int) INHERITS (p);
CREATE DOMAIN d AS r; CREATE TABLE u (x d NOT NULL DEFAULT '[1,2)');
CREATE VIEW v AS SELECT lower(x) FROM t;
CREATE FUNCTION g(r) RETURNS int LANGUAGE sql AS 'select 1';
