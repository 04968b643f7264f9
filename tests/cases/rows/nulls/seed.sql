INSERT INTO public.t VALUES (1, NULL, 1), (2, 'x', 2), (3, NULL, NULL);
