CREATE TABLE public.base (id integer PRIMARY KEY, name text);
CREATE TABLE public.heir (more text) INHERITS (public.base);
INSERT INTO public.base VALUES (1, 'ONE');
INSERT INTO public.heir VALUES (1, 'heir', 'm'), (5, 'x', 'y');
