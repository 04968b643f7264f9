CREATE TABLE public.t (
    id integer PRIMARY KEY, n text, label text NOT NULL UNIQUE, rank integer NOT NULL
);
COMMENT ON COLUMN public.t.label IS 'what it is called';
INSERT INTO public.t VALUES (1, 'a', 'one', 1), (2, 'bb', 'two', 2), (3, NULL, 'three', 3);
CREATE TABLE public.p (
    id integer, k integer, label text NOT NULL, PRIMARY KEY (id, k)
) PARTITION BY LIST (k);
CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES IN (1);
CREATE TABLE public.p2 PARTITION OF public.p FOR VALUES IN (2);
INSERT INTO public.p VALUES (1, 1, 'one'), (1, 2, 'two');
