INSERT INTO public.old VALUES (1, 2), (3, 4);
