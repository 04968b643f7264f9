CREATE TYPE public.e AS ENUM ('a', 'b', 'c');
CREATE TABLE public.t (id integer, x public.e);
CREATE TABLE public.h () INHERITS (public.t);
CREATE TABLE public.u (id integer, x public.e[]);
CREATE TABLE public.g (id integer, x public.e[]);
