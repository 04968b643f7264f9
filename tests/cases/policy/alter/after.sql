CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE POLICY a ON salons TO pg_monitor USING (id > 2) WITH CHECK (id > 3);
CREATE POLICY b ON salons USING (id > 1);
COMMENT ON POLICY b ON salons IS 'Kept.';
CREATE POLICY c ON salons FOR DELETE USING (id > 1);
CREATE POLICY d ON salons AS RESTRICTIVE USING (id > 1);
