DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE SCHEMA app;
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('good');
CREATE DOMAIN short AS text;
CREATE PROCEDURE p() LANGUAGE sql AS 'select 1';
