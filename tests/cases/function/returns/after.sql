CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE FUNCTION add(a integer, b integer DEFAULT 2) RETURNS bigint LANGUAGE sql
AS 'select (a + b)::bigint';
COMMENT ON FUNCTION add(int, int) IS 'Kept.';
CREATE VIEW sums AS SELECT add(id) AS total FROM salons;
COMMENT ON VIEW sums IS 'Kept too.';
