CREATE TABLE public.parts (id integer, code text);
CREATE VIEW public.old_parts AS SELECT id, code FROM public.parts;
CREATE VIEW public.reading AS SELECT id FROM public.old_parts;
