CREATE TABLE public.p (a integer DEFAULT 5, b integer DEFAULT 1);
CREATE TABLE public.c (a integer DEFAULT NULL, more text) INHERITS (public.p);
