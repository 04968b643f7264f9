CREATE TABLE public.t (id integer PRIMARY KEY, a integer);
CREATE FUNCTION public.f(x integer) RETURNS bigint LANGUAGE sql IMMUTABLE
    AS 'SELECT count(*) FROM public.t WHERE a = x';
CREATE FUNCTION public.g(x integer) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN (SELECT count(*) FROM public.t WHERE a = x);
CREATE INDEX r ON public.t (public.f(a));
