CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE MATERIALIZED VIEW live AS SELECT id, name FROM salons WHERE deleted_at IS NULL AND id > 1;
CREATE UNIQUE INDEX live_id ON live (id);
COMMENT ON MATERIALIZED VIEW live IS 'Kept.';
CREATE VIEW names AS SELECT name FROM live;
