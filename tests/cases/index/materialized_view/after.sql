CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE MATERIALIZED VIEW m AS SELECT a, c FROM t;
CREATE INDEX i ON m (a, lower(c));
