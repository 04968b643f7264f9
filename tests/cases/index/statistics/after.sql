CREATE TABLE public.t (a text, b integer, c integer);
CREATE INDEX changed ON public.t (lower(a), b, (b + c));
ALTER INDEX public.changed ALTER COLUMN 1 SET STATISTICS 0;
CREATE INDEX made ON public.t (upper(a)) WHERE b > 0;
ALTER INDEX public.made ALTER COLUMN 1 SET STATISTICS 1000;
CREATE INDEX replaced ON public.t ((b - c));
ALTER INDEX public.replaced ALTER COLUMN 1 SET STATISTICS 10;
CREATE INDEX kept ON public.t (upper(a));
ALTER INDEX public.kept ALTER COLUMN 1 SET STATISTICS 10;
