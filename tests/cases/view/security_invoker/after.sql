CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE VIEW a WITH (security_invoker = true) AS SELECT id FROM salons;
