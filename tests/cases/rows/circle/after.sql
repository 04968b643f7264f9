CREATE TABLE public.areas (code text CONSTRAINT areas_pkey PRIMARY KEY, capital integer);
CREATE TABLE public.towns (
    id integer CONSTRAINT towns_pkey PRIMARY KEY,
    area text NOT NULL,
    name text NOT NULL
);
ALTER TABLE public.areas ADD CONSTRAINT areas_capital_fkey
    FOREIGN KEY (capital) REFERENCES public.towns (id);
ALTER TABLE public.towns ADD CONSTRAINT towns_area_fkey
    FOREIGN KEY (area) REFERENCES public.areas (code);
INSERT INTO public.areas VALUES ('a', NULL), ('b', NULL), ('kept', NULL);
INSERT INTO public.towns VALUES (1, 'a', 'one'), (2, 'b', 'two'), (3, 'kept', 'there');
UPDATE public.areas SET capital = 1 WHERE code = 'a';
UPDATE public.areas SET capital = 2 WHERE code = 'kept';
