CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE MATERIALIZED VIEW live WITH (autovacuum_enabled = true, toast.autovacuum_enabled = true, fillfactor = 50) AS SELECT id, name FROM salons;
