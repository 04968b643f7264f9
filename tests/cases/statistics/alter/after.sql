CREATE SCHEMA app;
CREATE TABLE t (a bigint, b integer, c text);
CREATE STATISTICS target ON b, a FROM t;
ALTER STATISTICS target SET STATISTICS 0;
CREATE STATISTICS kinds (dependencies) ON b, a FROM t;
CREATE STATISTICS app.moves ON b, a FROM t;
CREATE STATISTICS retyped ON a, c FROM t;
CREATE STATISTICS other ON (a + 2), a FROM t;
