CREATE TABLE public.t (id integer PRIMARY KEY, n text, label text NOT NULL);
INSERT INTO public.t VALUES (1, 'a', 'one'), (2, 'b', 'two');
