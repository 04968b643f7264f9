CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE MATERIALIZED VIEW live AS SELECT id, name FROM salons WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX live_id ON live (id);
CREATE VIEW names AS SELECT name FROM live;
COMMENT ON MATERIALIZED VIEW live IS 'Kept.';
