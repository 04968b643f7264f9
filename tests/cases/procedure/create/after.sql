CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE PROCEDURE tidy(days int, INOUT gone bigint DEFAULT 0) LANGUAGE plpgsql AS 'begin gone := days; end';

CREATE PROCEDURE tidy(OUT a int, IN b text) LANGUAGE plpgsql AS 'begin a := 1; end';
COMMENT ON PROCEDURE tidy(OUT int, IN text) IS 'Another.';
CREATE PROCEDURE fill(x int) LANGUAGE sql BEGIN ATOMIC INSERT INTO salons (id) VALUES (x); END;
