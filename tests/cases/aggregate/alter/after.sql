CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE FUNCTION join_up(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1 || $2';

CREATE AGGREGATE joined(text) (SFUNC = join_up, STYPE = text, INITCOND = '>', PARALLEL = safe);
COMMENT ON AGGREGATE joined(text) IS 'Kept.';
CREATE AGGREGATE total(int) (SFUNC = int84pl, STYPE = int8, INITCOND = '0');
CREATE VIEW names AS SELECT joined(name) FROM salons;
