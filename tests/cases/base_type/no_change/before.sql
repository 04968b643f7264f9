CREATE TYPE word;
CREATE FUNCTION word_in(cstring) RETURNS word AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_out(word) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
CREATE TYPE word (INPUT = word_in, OUTPUT = word_out, INTERNALLENGTH = 16, ELEMENT = float8, SUBSCRIPT = raw_array_subscript_handler);
CREATE TYPE lone;
CREATE TABLE t (w word);
