CREATE FUNCTION join_up(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1 || $2';
CREATE AGGREGATE joined(a text) (SFUNC = join_up, STYPE = text);
CREATE AGGREGATE share(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
