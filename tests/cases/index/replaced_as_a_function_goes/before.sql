CREATE FUNCTION shape(text) RETURNS text IMMUTABLE LANGUAGE sql RETURN lower($1);
CREATE TABLE t (a text, b integer);
CREATE INDEX t_a ON t (shape(a));
