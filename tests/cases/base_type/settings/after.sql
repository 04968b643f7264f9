CREATE TYPE word;
CREATE FUNCTION word_in(cstring) RETURNS word AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_out(word) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION word_send(word) RETURNS bytea AS 'textsend' LANGUAGE internal STABLE STRICT;
CREATE FUNCTION word_recv(internal) RETURNS word AS 'textrecv' LANGUAGE internal STABLE STRICT;
CREATE TYPE word (INPUT = word_in, OUTPUT = word_out, SEND = word_send, RECEIVE = word_recv, TYPMOD_IN = varchartypmodin, TYPMOD_OUT = varchartypmodout, ANALYZE = array_typanalyze, SUBSCRIPT = raw_array_subscript_handler, STORAGE = external);
CREATE TABLE t (w word);
