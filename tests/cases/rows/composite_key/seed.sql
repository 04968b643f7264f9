INSERT INTO public.labels VALUES ('de', 1, 'eins'), ('en', 1, 'on'), ('fr', 1, 'un');
