CREATE FUNCTION public.f1(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'select x + 25';
CREATE VIEW public.r4 AS SELECT * FROM f1(NULL::integer);
CREATE TABLE public.r6 (c uuid NOT NULL);
CREATE FUNCTION public.f1(x r4[]) RETURNS text LANGUAGE sql STABLE RETURN (SELECT count(*)::text FROM r6);
