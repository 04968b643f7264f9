CREATE TABLE t (a int PRIMARY KEY, b text);
CREATE TABLE refers (x int REFERENCES t (a));
CREATE VIEW v AS SELECT a, b FROM t;
CREATE TABLE same (a int, b text);
