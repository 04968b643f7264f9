CREATE TABLE public.parts (id bigint, code text);
CREATE VIEW public.new_parts AS SELECT id, code FROM public.parts;
CREATE VIEW public.reading AS SELECT id::integer AS id FROM public.new_parts;
