CREATE EXTENSION citext;
CREATE TABLE t (a text);
CREATE FUNCTION norm(citext, more citext[] DEFAULT '{}') RETURNS citext LANGUAGE sql IMMUTABLE AS 'select $1';
CREATE TYPE pair AS (a citext, b integer);
COMMENT ON FUNCTION norm(citext, citext[]) IS 'of any case';
