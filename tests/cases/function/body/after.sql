CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE FUNCTION add(a integer, b integer DEFAULT 2 + 1) RETURNS integer LANGUAGE plpgsql
AS 'begin return a - b; end';
CREATE FUNCTION low() RETURNS int LANGUAGE sql AS 'select 2';
CREATE VIEW sums AS SELECT add(id) FROM salons;
