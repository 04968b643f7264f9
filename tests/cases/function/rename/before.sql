CREATE FUNCTION add(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'select a + b';
CREATE SCHEMA app;
