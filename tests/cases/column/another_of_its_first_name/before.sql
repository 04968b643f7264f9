CREATE TABLE public.t (id integer PRIMARY KEY, a integer NOT NULL);
CREATE TABLE public.u (a integer NOT NULL UNIQUE);
ALTER TABLE public.t RENAME a TO b;
ALTER TABLE public.u RENAME a TO b;
ALTER TABLE public.t ADD FOREIGN KEY (b) REFERENCES public.u (b);
