CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE MATERIALIZED VIEW live WITH (fillfactor = 60, parallel_workers = 2) AS SELECT id FROM salons;
