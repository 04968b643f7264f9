CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE MATERIALIZED VIEW live AS SELECT id, name FROM salons WHERE deleted_at IS NULL;

CREATE MATERIALIZED VIEW counted (number) WITH (fillfactor = 70) AS SELECT count(*) FROM salons
WITH NO DATA;
COMMENT ON MATERIALIZED VIEW counted IS 'How many.';
