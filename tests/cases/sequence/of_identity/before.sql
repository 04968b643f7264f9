DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
END $$;
CREATE TABLE a (id integer GENERATED ALWAYS AS IDENTITY, v text);
COMMENT ON SEQUENCE a_id_seq IS 'was';
GRANT USAGE ON SEQUENCE a_id_seq TO case_reader;
CREATE TABLE b (id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME odd_name), v text);
CREATE TABLE c (id integer GENERATED ALWAYS AS IDENTITY, v text);
COMMENT ON SEQUENCE c_id_seq IS 'goes';
GRANT USAGE, SELECT ON SEQUENCE c_id_seq TO case_reader;
CREATE TABLE d (id integer GENERATED ALWAYS AS IDENTITY, v text);
COMMENT ON SEQUENCE d_id_seq IS 'goes with its column';
CREATE TABLE e (v text);
