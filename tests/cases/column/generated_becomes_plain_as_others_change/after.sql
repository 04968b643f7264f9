CREATE TYPE e AS ENUM ('c', 'a');
CREATE TABLE t (id int, b bigint, e e, g int, h int, i e);
CREATE TABLE heir (x int) INHERITS (t);
CREATE VIEW v AS SELECT g, h FROM t;
CREATE INDEX t_g ON t (g, h);
