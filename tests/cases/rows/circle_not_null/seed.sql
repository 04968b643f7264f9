WITH s1 AS (INSERT INTO public.a VALUES (1, 9, 'old'), (9, 9, 'gone')),
     s2 AS (INSERT INTO public.b VALUES (9, 9)),
     s3 AS (INSERT INTO public.c VALUES (9, 9, 'x'))
INSERT INTO public.kinds VALUES ('x');
WITH s1 AS (INSERT INTO public.d VALUES (8, 8)) INSERT INTO public.e VALUES (8, 8);
