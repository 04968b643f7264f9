INSERT INTO public.currencies VALUES ('EUR', 'Euro', 2);
