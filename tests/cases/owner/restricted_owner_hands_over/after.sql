DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE TABLE a (id integer);
ALTER TABLE a OWNER TO case_writer;
REVOKE ALL ON a FROM case_writer;
GRANT SELECT, DELETE ON a TO case_writer;
CREATE TABLE b (id integer);
ALTER TABLE b OWNER TO case_writer;
GRANT DELETE ON b TO case_owner;
CREATE TABLE c (id integer);
ALTER TABLE c OWNER TO case_writer;
GRANT DELETE ON c TO case_owner;
