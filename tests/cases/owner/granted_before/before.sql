DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE SCHEMA app;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO case_owner;
CREATE TABLE app.a (id integer);
CREATE TABLE app.b (id integer);
GRANT SELECT ON app.b TO case_owner WITH GRANT OPTION;
CREATE TABLE app.c (id integer);
CREATE TABLE app.d (id integer);
ALTER TABLE app.d OWNER TO case_owner;
CREATE TABLE app.e (id integer, a integer);
GRANT INSERT (id), SELECT (a) ON app.e TO case_owner WITH GRANT OPTION;
