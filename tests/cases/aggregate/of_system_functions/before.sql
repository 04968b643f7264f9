CREATE FUNCTION public.int4larger(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'select $1';
CREATE TABLE public.t (a integer);
