INSERT INTO public.t VALUES (1, 'a'), (2, 'b'), (9, 'goes');
