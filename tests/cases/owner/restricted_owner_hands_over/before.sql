DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE TABLE a (id integer);
ALTER TABLE a OWNER TO case_owner;
REVOKE ALL ON a FROM case_owner;
GRANT SELECT, INSERT ON a TO case_owner;
CREATE TABLE b (id integer);
ALTER TABLE b OWNER TO case_owner;
REVOKE ALL ON b FROM case_owner;
GRANT INSERT ON b TO case_writer;
CREATE TABLE c (id integer);
ALTER TABLE c OWNER TO case_owner;
REVOKE ALL ON c FROM case_owner;
GRANT SELECT ON c TO case_owner;
GRANT SELECT (id) ON c TO case_owner;
