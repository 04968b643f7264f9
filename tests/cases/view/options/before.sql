CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE VIEW a WITH (security_barrier) AS SELECT id FROM salons;
CREATE VIEW b WITH (check_option = local) AS SELECT id FROM salons;
CREATE VIEW c AS SELECT id FROM salons;
CREATE VIEW d WITH (security_barrier) AS SELECT id FROM salons;
