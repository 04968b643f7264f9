INSERT INTO public.t (k, v) VALUES ('a', 'A');
