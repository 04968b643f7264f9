CREATE FUNCTION join_up(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1 || $2';
CREATE AGGREGATE joined(text) (SFUNC = join_up, STYPE = text, INITCOND = '');
