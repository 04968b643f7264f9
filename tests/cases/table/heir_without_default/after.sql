CREATE TABLE public.p (a integer DEFAULT 7, b integer DEFAULT 1);
CREATE TABLE public.c (a integer DEFAULT NULL, more text) INHERITS (public.p);
CREATE TABLE public.d (a integer DEFAULT NULL) INHERITS (public.p);
