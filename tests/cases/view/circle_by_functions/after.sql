CREATE VIEW alone AS SELECT 1 AS a;
CREATE FUNCTION rows_of_alone() RETURNS SETOF alone LANGUAGE sql AS $$ SELECT 2 $$;
CREATE OR REPLACE VIEW alone AS SELECT * FROM rows_of_alone();
COMMENT ON COLUMN alone.a IS 'of a function that has its rows';

-- By way of another view and of two functions: one is parsed, one has an array of rows.
CREATE VIEW one AS SELECT 'x'::text COLLATE "C" AS x;
CREATE FUNCTION many(one[]) RETURNS bigint LANGUAGE sql AS $$ SELECT pg_catalog.cardinality($1) $$;
CREATE VIEW two AS SELECT many('{}') AS n;
CREATE FUNCTION rows_of_two(low bigint DEFAULT 0) RETURNS SETOF two LANGUAGE sql
BEGIN ATOMIC SELECT n FROM two WHERE n > low; END;
CREATE OR REPLACE VIEW one AS SELECT n::text COLLATE "C" AS x FROM rows_of_two(1);
