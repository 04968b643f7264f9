CREATE TYPE word;
COMMENT ON TYPE word IS 'now';
CREATE FUNCTION word_in(cstring) RETURNS word AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_out(word) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
COMMENT ON FUNCTION word_in(cstring) IS 'in';
CREATE TYPE word (INPUT = word_in, OUTPUT = word_out);
CREATE TABLE t (w word);
