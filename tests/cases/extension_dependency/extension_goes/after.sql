CREATE FUNCTION stays(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
