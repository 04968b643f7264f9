CREATE TABLE public.u (id integer PRIMARY KEY);
CREATE TABLE public.t (id integer PRIMARY KEY, a regclass, b regtype, day date, c regconfig);
