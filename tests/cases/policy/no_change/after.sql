CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE POLICY own ON salons TO pg_monitor, pg_signal_backend USING (id > 1);
