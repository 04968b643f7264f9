CREATE TABLE t (a integer PRIMARY KEY, b text, c integer);
CREATE PUBLICATION p WITH (publish = 'delete, update');
CREATE PUBLICATION q FOR ALL TABLES;
CREATE PUBLICATION r2 FOR TABLE t;
CREATE PUBLICATION x FOR TABLE t WITH (publish_via_partition_root);
