CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE MATERIALIZED VIEW live WITH (fillfactor = 50, autovacuum_enabled = false) AS SELECT id FROM salons;
