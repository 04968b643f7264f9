CREATE TABLE public.t (a integer NOT NULL, b integer NOT NULL);
ALTER TABLE public.t RENAME a TO c;
ALTER TABLE public.t RENAME b TO a;
ALTER TABLE public.t RENAME c TO b;
