CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE TYPE public.mood AS ENUM ('sad', 'happy');
CREATE FOREIGN TABLE public.bare () SERVER s;
CREATE FOREIGN TABLE public."Remote" (
    id integer OPTIONS (column_name 'ID', key 'it''s') NOT NULL,
    name text COLLATE "C" DEFAULT lower('X'),
    mood public.mood DEFAULT 'sad',
    price numeric(10,2),
    total numeric GENERATED ALWAYS AS (price * 2) STORED,
    CONSTRAINT "Remote_price_check" CHECK (price > 0),
    CONSTRAINT both_given CHECK (name IS NOT NULL OR price IS NOT NULL) NO INHERIT
) SERVER s OPTIONS (schema_name 'public', table_name 'remote');
COMMENT ON FOREIGN TABLE public."Remote" IS 'Elsewhere.';
COMMENT ON COLUMN public."Remote".name IS 'Its name.';
ALTER FOREIGN TABLE public."Remote" ALTER COLUMN name SET STATISTICS 10;
CREATE VIEW public.near AS SELECT id FROM public."Remote";
