CREATE TABLE public.t (id integer PRIMARY KEY, a integer NOT NULL);
CREATE TABLE public.u (a integer NOT NULL, CONSTRAINT u_a_key UNIQUE (a));
ALTER TABLE public.t ADD FOREIGN KEY (a) REFERENCES public.u (a);
