DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE SCHEMA app;
CREATE TABLE app.a (id integer);
ALTER TABLE app.a OWNER TO case_owner;
CREATE TABLE app.b (id integer);
ALTER TABLE app.b OWNER TO case_owner;
REVOKE ALL ON app.b FROM case_owner;
GRANT SELECT ON app.b TO case_owner;
CREATE TABLE app.c (id integer);
ALTER TABLE app.c OWNER TO case_owner;
GRANT INSERT ON app.c TO case_reader;
CREATE TABLE app.d (id integer);
ALTER TABLE app.d OWNER TO case_writer;
GRANT SELECT ON app.d TO case_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO case_owner;
