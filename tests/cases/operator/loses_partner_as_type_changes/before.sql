CREATE TYPE c AS (b text, a bigint);
CREATE FUNCTION lt(c, c) RETURNS bool LANGUAGE sql IMMUTABLE AS 'select ($1).a < ($2).a';
CREATE FUNCTION gt(c, c) RETURNS bool LANGUAGE sql IMMUTABLE AS 'select ($1).a > ($2).a';
CREATE OPERATOR <! (FUNCTION = lt, LEFTARG = c, RIGHTARG = c, COMMUTATOR = >!);
CREATE OPERATOR >! (FUNCTION = gt, LEFTARG = c, RIGHTARG = c, COMMUTATOR = <!);
CREATE TABLE t (id int, c c);
CREATE VIEW v AS SELECT * FROM t WHERE c <! ROW('x', 5)::c;
