CREATE TABLE t (a integer PRIMARY KEY, b text)
WITH (fillfactor = 80, parallel_workers = 2, toast.autovacuum_vacuum_threshold = 100);
ALTER TABLE t FORCE ROW LEVEL SECURITY;
ALTER TABLE t REPLICA IDENTITY NOTHING;
CREATE TABLE v (a integer NOT NULL, b integer PRIMARY KEY);
CREATE UNIQUE INDEX v_a_idx ON v (a);
ALTER TABLE v CLUSTER ON v_a_idx;
CREATE TABLE w (a integer, b text) WITH (toast.autovacuum_enabled = false);
