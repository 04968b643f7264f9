INSERT INTO public.base VALUES (1, 'one'), (9, 'nine');
INSERT INTO public.heir VALUES (1, 'heir', 'm'), (5, 'x', 'y');
