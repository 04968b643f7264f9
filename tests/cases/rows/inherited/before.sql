CREATE TABLE public.base (id integer PRIMARY KEY, name text);
CREATE TABLE public.heir (more text) INHERITS (public.base);
