CREATE TABLE t (a integer, b integer);
CREATE STATISTICS x ON b, a FROM t;
