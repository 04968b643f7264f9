CREATE SCHEMA ext;
CREATE EXTENSION hstore SCHEMA ext;
CREATE SCHEMA fresh;
CREATE EXTENSION citext SCHEMA fresh;
CREATE TABLE public.t (a bigint, h ext.hstore);
CREATE VIEW public.v AS SELECT t.a FROM public.t;
