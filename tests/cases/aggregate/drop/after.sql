CREATE FUNCTION join_up(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1 || $2';
