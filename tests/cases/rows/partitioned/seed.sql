INSERT INTO public.parts VALUES (1, 'one'), (3, 'three');
