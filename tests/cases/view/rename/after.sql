CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE VIEW open_salons AS SELECT id, name FROM salons WHERE deleted_at IS NULL;
CREATE VIEW names AS SELECT open_salons.name FROM open_salons;
