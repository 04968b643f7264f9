CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE FUNCTION join_up(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1 || $2';
CREATE AGGREGATE joined(text) (SFUNC = join_up, STYPE = text, INITCOND = '');

COMMENT ON AGGREGATE joined(text) IS 'All of them.';
CREATE AGGREGATE counted(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0', PARALLEL = safe);
CREATE AGGREGATE largest(value int) (SFUNC = int4larger, STYPE = int, SORTOP = >, COMBINEFUNC = int4larger);
CREATE AGGREGATE middle(fraction float8 ORDER BY float8) (SFUNC = ordered_set_transition, STYPE = internal,
FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE moving(int) (SFUNC = int4pl, STYPE = int, SSPACE = 32, FINALFUNC_MODIFY = shareable,
MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = int, MINITCOND = '0');
CREATE VIEW names AS SELECT joined(name) FROM salons;
