CREATE TABLE t (a integer PRIMARY KEY, b text)
WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE t REPLICA IDENTITY FULL;
CREATE TABLE u (a integer);
CREATE TABLE v (a integer NOT NULL, b integer PRIMARY KEY);
CREATE UNIQUE INDEX v_a_idx ON v (a);
ALTER TABLE v REPLICA IDENTITY USING INDEX v_a_idx;
ALTER TABLE v CLUSTER ON v_pkey;
