CREATE TABLE t (id int, b bigint, g int);
CREATE TABLE heir (x int) INHERITS (t);
CREATE VIEW v AS SELECT g FROM t;
CREATE INDEX t_g ON t (g);
