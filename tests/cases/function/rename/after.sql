CREATE SCHEMA app;
CREATE FUNCTION app.plus(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'select a + b';
