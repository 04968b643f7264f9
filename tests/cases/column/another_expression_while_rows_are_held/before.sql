CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, p int, g int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE heir (x int) INHERITS (t);
CREATE TABLE u (one t, many heir[]);
CREATE INDEX t_g ON t (g);
CREATE VIEW v AS SELECT g FROM t;
CREATE VIEW w AS SELECT one, many FROM u;
