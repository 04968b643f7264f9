CREATE TABLE public.currencies (
    code text PRIMARY KEY,
    name text NOT NULL,
    digits integer NOT NULL DEFAULT 2
);
INSERT INTO public.currencies VALUES
    ('CHF', 'Franc', 2), ('EUR', 'Euro', 2), ('JPY', 'Yen', 0), ('XXX', 'ours alone', 9);
