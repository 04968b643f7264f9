CREATE FUNCTION public.int4larger(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'select $1';
CREATE TABLE public.t (a integer);
CREATE AGGREGATE public.total(integer) (SFUNC = pg_catalog.int4pl, STYPE = integer);
CREATE AGGREGATE public.first_one(integer) (SFUNC = public.int4larger, STYPE = integer);
CREATE TRIGGER tr BEFORE UPDATE ON public.t FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger();
