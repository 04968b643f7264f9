CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE VIEW live AS SELECT id, name, rating FROM salons;
COMMENT ON VIEW live IS 'From a file.';
