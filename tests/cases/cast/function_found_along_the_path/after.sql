CREATE TABLE words (a int);
CREATE TYPE c AS (x int);
CREATE TABLE t (id int PRIMARY KEY, v c);
CREATE TABLE u (id int PRIMARY KEY, v int);
CREATE FUNCTION alike(int, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM FROM words; RETURN $1::text = $2; END';
CREATE OPERATOR === (FUNCTION = alike, LEFTARG = int, RIGHTARG = text);
ALTER TABLE u ADD CHECK (v === '2');
CREATE FUNCTION told(int) RETURNS c LANGUAGE plpgsql AS 'BEGIN PERFORM FROM words; RETURN row($1)::c; END';
CREATE CAST (int AS c) WITH FUNCTION told(int);
