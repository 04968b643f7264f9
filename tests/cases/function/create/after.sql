CREATE TYPE mood AS ENUM ('ok');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$begin
  new.updated_at := now(); -- $$ and $q$
  return new;
end
$body$;
CREATE FUNCTION noop() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION add(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql AS 'select a + b';
COMMENT ON FUNCTION add(int, int) IS 'Adds.';
CREATE FUNCTION add(a numeric, b numeric) RETURNS numeric LANGUAGE sql AS 'select a + b';
CREATE FUNCTION feelings(VARIADIC list mood[]) RETURNS SETOF mood LANGUAGE sql AS 'select unnest(list)';
CREATE FUNCTION pairs(m bigint) RETURNS TABLE(n bigint, "Square" numeric) LANGUAGE sql ROWS 10 COST 0.5
STABLE AS 'select 1::bigint, 2.0';
CREATE FUNCTION split(IN whole text, OUT first text, OUT rest text) LANGUAGE sql IMMUTABLE STRICT
PARALLEL SAFE AS 'select left(whole, 1), substr(whole, 2)';
CREATE FUNCTION one(INOUT x int) LANGUAGE sql AS 'select x';
CREATE FUNCTION careful(interval, double precision, "When" timestamptz DEFAULT now()) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER PARALLEL RESTRICTED LEAKPROOF
SET search_path = '' SET work_mem = '1MB' SET statement_timeout = 5000 SET timezone = 'UTC'
AS 'begin return 1; end';
CREATE FUNCTION listed() RETURNS int LANGUAGE sql SET search_path = public, pg_temp AS 'select 1';
