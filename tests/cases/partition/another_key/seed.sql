INSERT INTO public.t (at, n) SELECT '2023-06-01'::date + i * 30, i FROM generate_series(1, 40) i;
INSERT INTO public.u SELECT id, at FROM public.t;
REFRESH MATERIALIZED VIEW public.m;
