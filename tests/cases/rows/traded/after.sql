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
INSERT INTO public.nullable VALUES (1, 'b', 'n'), (2, 'a', NULL), (3, 'd', NULL), (4, 'e', NULL),
    (5, 'c', NULL);
INSERT INTO public.numbers VALUES (1, 32700), (2, -32768), (3, 6), (4, 5);
INSERT INTO public.texts VALUES (1, 'y', '22222222-2222-2222-2222-222222222222'),
    (2, 'x', '11111111-1111-1111-1111-111111111111'), (9, 'x', '99999999-9999-9999-9999-999999999999');
INSERT INTO public.two_keys VALUES (1, 2, 'q', 1), (2, 4, 'p', 1), (3, 1, 'r', 1);
INSERT INTO public.heir_of VALUES (1, 2), (2, 1);
INSERT INTO public.heir VALUES (1, 1);
INSERT INTO public.odd VALUES (1, 2), (2, 1);
