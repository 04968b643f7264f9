CREATE TYPE mood AS ENUM ('ok');
CREATE FUNCTION add(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'select a + b';
CREATE FUNCTION cheer(mood) RETURNS mood LANGUAGE sql AS 'select $1';
