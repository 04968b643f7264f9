CREATE TYPE word;
CREATE FUNCTION word_in(cstring) RETURNS word AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_out(word) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_send(word) RETURNS bytea AS 'textsend' LANGUAGE internal STABLE STRICT;
CREATE FUNCTION word_recv(internal) RETURNS word AS 'textrecv' LANGUAGE internal STABLE STRICT;
CREATE TYPE word (INPUT = word_in, OUTPUT = word_out, STORAGE = extended);
CREATE TABLE t (w word);
