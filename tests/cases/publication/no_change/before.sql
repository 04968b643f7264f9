CREATE SCHEMA app;
CREATE TABLE t (a integer PRIMARY KEY, b text, c integer);
CREATE TABLE app.u (a integer PRIMARY KEY);
CREATE PUBLICATION every FOR ALL TABLES WITH (publish = 'insert');
CREATE PUBLICATION nothing;
CREATE PUBLICATION two FOR TABLE t, app.u WITH (publish_via_partition_root);
COMMENT ON PUBLICATION two IS 'Two.';
