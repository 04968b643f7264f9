INSERT INTO public.units (code, note) VALUES ('m', 'meter'), ('s', 'sec');
