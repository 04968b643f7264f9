CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE POLICY own ON salons USING (id > 1 AND name = current_user);
CREATE POLICY readable ON salons FOR SELECT TO pg_monitor USING (true);
COMMENT ON POLICY readable ON salons IS 'For the watchers.';
CREATE POLICY written ON salons AS RESTRICTIVE FOR INSERT WITH CHECK (rating BETWEEN 0 AND 5);
CREATE POLICY edited ON salons FOR UPDATE USING (id > 1) WITH CHECK (id > 2);
