CREATE TABLE r2 (a int, b int, d date);
CREATE VIEW r5 AS SELECT b, d FROM r2;
CREATE TABLE r1 (c integer, f text, g text[]);
