DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
END $$;
CREATE TABLE older (id bigint);
CREATE TABLE oldest (id bigint);
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO case_reader;
CREATE TABLE newer (id bigint);
CREATE TABLE taken (id bigint);
REVOKE ALL ON taken FROM case_reader;
