CREATE TABLE t (a integer, b text, c date);
CREATE FUNCTION changes(r t DEFAULT ROW(1, 'b', NULL)::t) RETURNS text LANGUAGE sql AS 'SELECT ($1).b';
CREATE FUNCTION comes(r t DEFAULT ROW(2, 'b', NULL)::t) RETURNS text LANGUAGE sql AS 'SELECT ($1).b';
CREATE TABLE u (a integer);
CREATE FUNCTION of_column(r u DEFAULT NULL) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE u ADD COLUMN d integer DEFAULT of_column(NULL);
