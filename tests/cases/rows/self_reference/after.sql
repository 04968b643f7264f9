CREATE TABLE public.areas (
    id integer PRIMARY KEY,
    name text,
    parent integer,
    CONSTRAINT areas_parent_fkey FOREIGN KEY (parent) REFERENCES public.areas (id)
);
INSERT INTO public.areas VALUES (1, 'land', NULL), (2, 'town', 1), (3, 'street', 2);
