CREATE TABLE t (a integer PRIMARY KEY, b text)
WITH (autovacuum_enabled = false, fillfactor = 70, toast.autovacuum_enabled = false);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t REPLICA IDENTITY FULL;
CREATE TABLE v (a integer NOT NULL, b integer PRIMARY KEY);
CREATE UNIQUE INDEX v_a_idx ON v (a);
ALTER TABLE v REPLICA IDENTITY USING INDEX v_a_idx;
ALTER TABLE v CLUSTER ON v_pkey;
CREATE TABLE w (a integer);
