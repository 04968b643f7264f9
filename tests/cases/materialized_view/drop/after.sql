CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
