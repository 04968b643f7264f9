DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE TABLE t (id integer);
ALTER TABLE t OWNER TO case_owner;
GRANT SELECT ON t TO case_reader;
