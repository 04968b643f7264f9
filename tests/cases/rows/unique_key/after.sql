CREATE TABLE public.units (
    id serial,
    code text NOT NULL,
    note text,
    CONSTRAINT units_code_key UNIQUE (code)
);
INSERT INTO public.units (code, note) VALUES ('m', 'meter'), ('s', 'second'), ('kg', 'kilo');
