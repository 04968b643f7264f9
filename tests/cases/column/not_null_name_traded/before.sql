CREATE TABLE public.t (a integer NOT NULL, b text);
ALTER TABLE public.t RENAME a TO c;
ALTER TABLE public.t RENAME b TO a;
