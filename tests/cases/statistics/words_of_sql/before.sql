CREATE TABLE t (a integer, b integer, c text);
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;
