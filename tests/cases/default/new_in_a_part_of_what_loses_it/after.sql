CREATE DOMAIN d AS text DEFAULT 'q';
CREATE TABLE whole (e d, g integer) PARTITION BY LIST (e);
CREATE TABLE part (e d, g integer);
ALTER TABLE whole ATTACH PARTITION part DEFAULT;
CREATE TABLE top (e d);
CREATE TABLE heir (e d) INHERITS (top);
