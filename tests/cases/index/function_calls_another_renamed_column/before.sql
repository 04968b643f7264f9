CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE FUNCTION sought(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT public.plain($1)';
CREATE TABLE t (a text);
CREATE INDEX t_sought ON t (sought(a));
