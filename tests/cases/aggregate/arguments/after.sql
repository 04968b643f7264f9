CREATE FUNCTION join_up(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1 || $2';
CREATE AGGREGATE joined(b text) (SFUNC = join_up, STYPE = text);
CREATE AGGREGATE share(double precision, double precision) (SFUNC = float8_regr_accum, STYPE = double precision[], FINALFUNC = float8_regr_avgx, INITCOND = '{0,0,0,0,0,0}');
