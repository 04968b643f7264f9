CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE TABLE public.t (a integer);
CREATE TABLE public.heir () INHERITS (public.t);
CREATE TABLE public.old (a integer, b integer) INHERITS (public.t);
