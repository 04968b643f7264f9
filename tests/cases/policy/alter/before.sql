CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE POLICY a ON salons USING (id > 1);
CREATE POLICY b ON salons TO pg_monitor USING (id > 1) WITH CHECK (id > 2);
CREATE POLICY c ON salons FOR SELECT USING (id > 1);
CREATE POLICY d ON salons USING (id > 1);
COMMENT ON POLICY b ON salons IS 'Kept.';
