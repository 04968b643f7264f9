CREATE TYPE word;
COMMENT ON TYPE word IS 'later';
CREATE FUNCTION word_in(cstring) RETURNS word AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_out(word) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
COMMENT ON FUNCTION word_in(cstring) IS 'in';
CREATE TYPE gone;
