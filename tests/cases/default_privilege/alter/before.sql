DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE case_owner GRANT SELECT ON TABLES TO case_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE case_writer GRANT SELECT ON TABLES TO case_reader;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO case_reader;
CREATE TABLE was (a integer);
