CREATE TABLE t (a int, b text);
CREATE VIEW gains AS SELECT a, b FROM t;
CREATE VIEW changes (x, y) AS SELECT a, b FROM t;
CREATE VIEW loses (x, y) AS SELECT a, b FROM t;
CREATE VIEW stays (x, y) AS SELECT a, b FROM t;
