CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE FUNCTION f() RETURNS int LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO salons (id) VALUES (1);
  SELECT CASE WHEN id > 1 THEN 1 ELSE 2 END FROM salons;
END;
CREATE FUNCTION g(x int) RETURNS bigint LANGUAGE sql AS 'select 2';
