DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE TABLE salons (id bigint);
GRANT SELECT ON salons TO case_reader;
CREATE TABLE shops (id bigint);
CREATE VIEW named AS SELECT 'x' AS id;
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'select n * 2';
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO case_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
