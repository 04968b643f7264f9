CREATE TABLE public.t (id integer PRIMARY KEY, n text, label text NOT NULL);
INSERT INTO public.t VALUES (1, 'a', 'one'), (2, 'b', 'two');
CREATE TABLE public.u (id integer PRIMARY KEY, n text, label text NOT NULL);
INSERT INTO public.u VALUES (1, 'a', 'one'), (2, 'b', 'two');
