CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE VIEW live AS SELECT id, name FROM salons WHERE deleted_at IS NULL;
