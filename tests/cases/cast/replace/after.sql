CREATE TYPE mood AS ENUM ('ok');
CREATE FUNCTION f(text) RETURNS mood LANGUAGE sql AS 'select null::mood';
CREATE CAST (text AS mood) WITH FUNCTION f(text);
CREATE CAST (integer AS mood) WITH INOUT AS ASSIGNMENT;
