CREATE TABLE t (a integer, b text);
CREATE FUNCTION changes(r t DEFAULT ROW(1, 'b')::t) RETURNS text LANGUAGE sql AS 'SELECT ($1).b';
CREATE TABLE u (a integer);
