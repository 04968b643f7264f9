CREATE TABLE public.t (id integer PRIMARY KEY, n text);
CREATE TABLE public.u (id integer PRIMARY KEY, n text, label text);
