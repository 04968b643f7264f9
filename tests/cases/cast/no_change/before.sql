CREATE TABLE t (a text);
CREATE TYPE mood AS ENUM ('ok');
CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION to_pair(integer) RETURNS pair LANGUAGE sql AS 'select row($1, $1)::pair';
CREATE CAST (integer AS pair) WITH FUNCTION to_pair(integer) AS ASSIGNMENT;
CREATE CAST (text AS mood) WITH INOUT AS IMPLICIT;
CREATE CAST (bytea AS xml) WITHOUT FUNCTION;
COMMENT ON CAST (text AS mood) IS 'As it is read.';
