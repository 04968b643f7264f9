INSERT INTO public.t SELECT g, g % 3 FROM generate_series(1, 20) AS g;
