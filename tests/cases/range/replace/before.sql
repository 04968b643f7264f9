CREATE TYPE r AS RANGE (subtype = integer);
CREATE FUNCTION f(r) RETURNS integer LANGUAGE sql AS $$select 1$$;
