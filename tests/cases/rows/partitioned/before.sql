CREATE TABLE public.parts (id integer NOT NULL, name text, CONSTRAINT parts_pkey PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE public.parts_a PARTITION OF public.parts FOR VALUES FROM (0) TO (10);
