CREATE TABLE words (a int);
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE u (id int PRIMARY KEY, v int);
CREATE FUNCTION alike(int, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM FROM words; RETURN $1::text = $2; END';
CREATE OPERATOR === (FUNCTION = alike, LEFTARG = int, RIGHTARG = text);
