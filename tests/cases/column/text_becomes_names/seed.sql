INSERT INTO public.t VALUES (1, 'u', 'integer', '2000-01-02', 'pg_catalog.simple'),
    (2, 'public.u', 'text', '2000-01-03', 'english');
