CREATE TABLE public.t (a text, b integer);
CREATE INDEX i ON public.t ((b + 1));
ALTER INDEX public.i ALTER COLUMN 1 SET STATISTICS 100;
