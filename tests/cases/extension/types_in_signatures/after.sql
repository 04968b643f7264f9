CREATE EXTENSION citext;
CREATE SCHEMA ext;
CREATE EXTENSION hstore SCHEMA ext;
CREATE TABLE t (a text);
CREATE FUNCTION norm(citext, ext.hstore, more citext[] DEFAULT '{}') RETURNS citext LANGUAGE sql IMMUTABLE AS 'select $1';
CREATE TYPE pair AS (a citext, b integer);
COMMENT ON FUNCTION norm(citext, ext.hstore, citext[]) IS 'of any case';
