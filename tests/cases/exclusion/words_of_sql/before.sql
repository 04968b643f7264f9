CREATE TABLE t (a int4range, b box, c integer);
