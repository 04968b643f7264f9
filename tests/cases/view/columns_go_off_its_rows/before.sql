CREATE TABLE r2 (a int, b text);
CREATE VIEW r5 AS SELECT a, b FROM r2;
CREATE TABLE r1 (c integer, f r5, g r5[]);
