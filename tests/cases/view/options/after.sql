CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE VIEW a AS SELECT id FROM salons;
CREATE VIEW b WITH (check_option = cascaded, security_barrier = true) AS SELECT id FROM salons;
CREATE VIEW c WITH (check_option = local) AS SELECT id FROM salons;
CREATE VIEW d WITH (security_barrier = true) AS SELECT id FROM salons WHERE id > 1;
