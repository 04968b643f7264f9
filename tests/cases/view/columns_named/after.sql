CREATE TABLE t (a int, b text);
CREATE VIEW gains (x, y) AS SELECT a, b FROM t;
CREATE VIEW changes (x, z) AS SELECT a, b FROM t;
CREATE VIEW loses AS SELECT a, b FROM t;
CREATE VIEW stays (x, y) AS SELECT a, b FROM t;
