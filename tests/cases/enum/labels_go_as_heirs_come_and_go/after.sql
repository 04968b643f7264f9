CREATE TYPE public.e AS ENUM ('a', 'c');
CREATE TABLE public.t (id integer, x public.e);
CREATE TABLE public.h (id integer, x public.e);
CREATE TABLE public.u (id integer, x public.e[]);
CREATE TABLE public.g (id integer, x public.e[]) INHERITS (public.u);
