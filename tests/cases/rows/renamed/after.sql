CREATE TABLE public.names (code text CONSTRAINT names_pkey PRIMARY KEY, label text, gone text, more integer NOT NULL DEFAULT 0);
INSERT INTO public.names VALUES ('a', 'A', 'x', 1), ('b', 'BB', 'y', 0), ('c', 'C', NULL, 0);
