CREATE TABLE public.t (k text PRIMARY KEY, v text);
