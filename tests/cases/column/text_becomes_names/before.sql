CREATE TABLE public.u (id integer PRIMARY KEY);
CREATE TABLE public.t (id integer PRIMARY KEY, a text, b character varying(40), day text, c text);
