INSERT INTO public.areas VALUES (9, 'old root', NULL), (8, 'old child', 9);
