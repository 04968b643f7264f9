CREATE TABLE public.t (c integer, a text NOT NULL);
