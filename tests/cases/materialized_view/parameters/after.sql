CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE MATERIALIZED VIEW live WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false, fillfactor = 60) AS SELECT id, name FROM salons;
