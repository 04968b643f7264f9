CREATE TABLE public.areas (
    id integer PRIMARY KEY,
    name text,
    parent integer,
    CONSTRAINT areas_parent_fkey FOREIGN KEY (parent) REFERENCES public.areas (id)
);
