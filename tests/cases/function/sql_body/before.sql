CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION g(x int) RETURNS bigint LANGUAGE sql RETURN x;
