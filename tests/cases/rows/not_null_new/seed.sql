INSERT INTO public.t VALUES (1, 'a'), (2, 'b');
INSERT INTO public.p VALUES (1, 1), (1, 2);
