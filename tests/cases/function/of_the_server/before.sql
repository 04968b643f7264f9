CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE FUNCTION h() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION s(int, int) RETURNS SETOF int LANGUAGE internal IMMUTABLE STRICT SUPPORT generate_series_int4_support AS 'generate_series_int4';
CREATE FUNCTION w() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE FUNCTION t(i integer) RETURNS integer LANGUAGE sql AS 'select 1';
