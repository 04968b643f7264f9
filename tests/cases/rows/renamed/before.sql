CREATE TABLE public.old_names (id text CONSTRAINT names_pkey PRIMARY KEY, said text, gone text);
