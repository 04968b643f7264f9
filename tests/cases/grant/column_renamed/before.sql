DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN CREATE ROLE case_reader; END IF;
END $$;
CREATE TABLE t (id integer, v text);
CREATE VIEW w AS SELECT id, v FROM t;
CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;
CREATE TABLE p (id integer, v text) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
GRANT SELECT (v) ON t TO case_reader;
GRANT SELECT (v) ON w TO case_reader;
GRANT SELECT (v) ON m TO case_reader;
GRANT SELECT (v) ON p1 TO case_reader;
