CREATE TABLE t (a integer, b integer, c text);
CREATE STATISTICS s ON a, b, (a + b) FROM t;
CREATE STATISTICS u ON (lower(c)) FROM t;
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;
CREATE STATISTICS v ON a, b, (a - b) FROM m;
