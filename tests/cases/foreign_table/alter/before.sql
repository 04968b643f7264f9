CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE public.t (
    a integer OPTIONS (one '1', two '2'),
    b varchar(20) DEFAULT 'x',
    c text NOT NULL,
    d integer,
    e integer OPTIONS (gone 'y'),
    CONSTRAINT k CHECK (d > 0),
    CONSTRAINT m CHECK (d < 100)
) SERVER s OPTIONS (one '1', two '2');
CREATE VIEW public.v AS SELECT b FROM public.t;
