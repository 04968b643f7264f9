INSERT INTO public.t VALUES ('x''; DROP TABLE public.t; --', 'old');
