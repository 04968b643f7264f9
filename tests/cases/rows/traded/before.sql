CREATE TABLE public.nullable (id integer PRIMARY KEY, code text UNIQUE, note text);
CREATE TABLE public.numbers (id integer PRIMARY KEY, pos smallint NOT NULL UNIQUE);
CREATE TABLE public.texts (id integer PRIMARY KEY, code text NOT NULL, u uuid NOT NULL UNIQUE);
CREATE UNIQUE INDEX texts_code ON public.texts (code) WHERE id < 9;
CREATE TABLE public.two_keys (
    id integer PRIMARY KEY, a integer NOT NULL UNIQUE, b text, grp integer NOT NULL, UNIQUE (b, grp)
);
CREATE TABLE public.heir_of (id integer PRIMARY KEY, n bigint NOT NULL UNIQUE);
CREATE TABLE public.heir () INHERITS (public.heir_of);
CREATE TABLE public.odd (id integer PRIMARY KEY, "Odd ""name" integer, UNIQUE ("Odd ""name"));
