CREATE TYPE r AS RANGE (subtype = bigint, subtype_diff = int8range_subdiff);
CREATE FUNCTION f(r) RETURNS integer LANGUAGE sql AS $$select 1$$;
