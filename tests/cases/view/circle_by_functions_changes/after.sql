CREATE VIEW longer AS SELECT 1 AS a, 'x'::text AS b;
CREATE FUNCTION rows_of_longer() RETURNS SETOF longer LANGUAGE sql AS $$ SELECT 2, 'y'::text $$;
CREATE OR REPLACE VIEW longer AS SELECT * FROM rows_of_longer();

CREATE VIEW parsed AS SELECT 1 AS a, 2 AS b;
CREATE FUNCTION rows_of_parsed() RETURNS SETOF parsed LANGUAGE sql
BEGIN ATOMIC SELECT b, a FROM parsed; END;
CREATE OR REPLACE VIEW parsed AS SELECT * FROM rows_of_parsed();

CREATE VIEW other_type AS SELECT 1::bigint AS a;
CREATE FUNCTION rows_of_other_type() RETURNS SETOF other_type LANGUAGE sql AS $$ SELECT 2::bigint $$;
CREATE OR REPLACE VIEW other_type AS SELECT * FROM rows_of_other_type();
GRANT SELECT ON other_type TO public;

CREATE VIEW opens AS SELECT 3 AS a;
CREATE FUNCTION rows_of_opens() RETURNS SETOF opens LANGUAGE sql AS $$ SELECT 2 $$;

CREATE VIEW closes AS SELECT 1 AS a;
CREATE FUNCTION rows_of_closes() RETURNS SETOF closes LANGUAGE sql AS $$ SELECT 2 $$;
CREATE OR REPLACE VIEW closes AS SELECT * FROM rows_of_closes();

CREATE VIEW left_by AS SELECT 1 AS a;
