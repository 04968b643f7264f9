CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE public.t (
    a bigint OPTIONS (one 'uno', three '3') NOT NULL,
    b varchar(10) DEFAULT 'y',
    c integer,
    d integer,
    e integer,
    f text OPTIONS (new 'z') DEFAULT 'f' NOT NULL,
    CONSTRAINT k CHECK (d > 1),
    CONSTRAINT n CHECK (d < 100)
) SERVER s OPTIONS (two 'dos', three '3');
CREATE VIEW public.v AS SELECT b FROM public.t;
