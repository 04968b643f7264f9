INSERT INTO public.t VALUES (1, 'a');
INSERT INTO public.h VALUES (2, 'c');
INSERT INTO public.u VALUES (3, '{a}');
INSERT INTO public.g VALUES (4, '{c}');
