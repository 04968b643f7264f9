CREATE TABLE public.z_lands (code text PRIMARY KEY);
CREATE TABLE public.a_towns (
    id integer PRIMARY KEY,
    land text NOT NULL CONSTRAINT a_towns_land_fkey REFERENCES public.z_lands (code)
);
