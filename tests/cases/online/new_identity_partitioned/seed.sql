INSERT INTO public.t SELECT g, 'a' FROM generate_series(50, 149) AS g;
