CREATE TABLE public.a (id integer CONSTRAINT a_pkey PRIMARY KEY, b integer NOT NULL, note text);
CREATE TABLE public.b (id integer CONSTRAINT b_pkey PRIMARY KEY, c integer NOT NULL);
CREATE TABLE public.c (id integer CONSTRAINT c_pkey PRIMARY KEY, a integer NOT NULL, kind text NOT NULL);
CREATE TABLE public.kinds (code text CONSTRAINT kinds_pkey PRIMARY KEY);
ALTER TABLE public.a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES public.b (id);
ALTER TABLE public.b ADD CONSTRAINT b_c_fkey FOREIGN KEY (c) REFERENCES public.c (id) ON DELETE RESTRICT;
ALTER TABLE public.c ADD CONSTRAINT c_a_fkey FOREIGN KEY (a) REFERENCES public.a (id) DEFERRABLE;
ALTER TABLE public.c ADD CONSTRAINT c_kind_fkey FOREIGN KEY (kind) REFERENCES public.kinds (code);
CREATE TABLE public.d (id integer CONSTRAINT d_pkey PRIMARY KEY, e integer NOT NULL);
CREATE TABLE public.e (id integer CONSTRAINT e_pkey PRIMARY KEY, d integer NOT NULL);
ALTER TABLE public.d ADD CONSTRAINT d_e_fkey FOREIGN KEY (e) REFERENCES public.e (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.e ADD CONSTRAINT e_d_fkey FOREIGN KEY (d) REFERENCES public.d (id);
WITH s1 AS (INSERT INTO public.a VALUES (1, 1, 'one'), (2, 2, NULL)),
     s2 AS (INSERT INTO public.b VALUES (1, 1), (2, 1)),
     s3 AS (INSERT INTO public.c VALUES (1, 2, 'y'))
INSERT INTO public.kinds VALUES ('x'), ('y');
WITH s1 AS (INSERT INTO public.d VALUES (1, 1)) INSERT INTO public.e VALUES (1, 1);
