DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_writer') THEN CREATE ROLE case_writer; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN CREATE ROLE case_owner; END IF;
END $$;
CREATE TABLE salons (id bigint PRIMARY KEY, name varchar(80) NOT NULL, email text);
CREATE VIEW named AS SELECT id, name FROM salons;
ALTER VIEW named OWNER TO case_owner;
GRANT SELECT ON named TO case_reader;
GRANT UPDATE (name) ON named TO case_writer;
