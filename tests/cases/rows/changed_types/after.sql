CREATE TYPE public.mood AS ENUM ('happy', 'sad', 'angry');
CREATE TABLE public.t (id integer PRIMARY KEY, n integer, mood public.mood);
INSERT INTO public.t VALUES (1, 1, 'angry'), (2, 3, 'happy'), (3, 3, 'angry');
