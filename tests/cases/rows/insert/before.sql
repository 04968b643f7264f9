CREATE TABLE public.currencies (
    code text PRIMARY KEY,
    name text NOT NULL,
    digits integer NOT NULL DEFAULT 2
);
