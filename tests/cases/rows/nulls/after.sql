CREATE TABLE public.t (id integer PRIMARY KEY, a text, b integer DEFAULT 5);
INSERT INTO public.t VALUES (1, 'now', 1), (2, NULL, NULL), (3, NULL, NULL), (4, NULL, NULL), (5, 'null', 5);
