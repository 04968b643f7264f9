INSERT INTO public.steps VALUES (1, 'one'), (9, 'x');
