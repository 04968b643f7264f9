CREATE TYPE word;
CREATE FUNCTION word_in(cstring) RETURNS word AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_out(word) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
CREATE TYPE word (INPUT = word_in, OUTPUT = word_out);
COMMENT ON TYPE word IS 'kept';
COMMENT ON FUNCTION word_out(word) IS 'kept, too';
CREATE FUNCTION same(word) RETURNS word LANGUAGE sql AS 'SELECT $1';
CREATE VIEW v AS SELECT 'x'::word AS w;
