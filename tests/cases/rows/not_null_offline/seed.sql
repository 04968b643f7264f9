INSERT INTO public.t VALUES (1, 'a'), (2, 'b');
INSERT INTO public.u VALUES (1, 'a', NULL), (2, 'b', 'two');
