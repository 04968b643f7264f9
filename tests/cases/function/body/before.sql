CREATE FUNCTION add(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'select a + b';
CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE VIEW sums AS SELECT add(id) FROM salons;
CREATE FUNCTION low() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1';
