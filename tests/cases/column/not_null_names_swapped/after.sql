CREATE TABLE public.t (b integer NOT NULL, a integer NOT NULL);
