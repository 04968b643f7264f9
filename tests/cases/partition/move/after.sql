CREATE TABLE p (a integer, b text) PARTITION BY RANGE (a);
CREATE TABLE q (a integer, b text, c integer) PARTITION BY RANGE (a);
CREATE TABLE t PARTITION OF q FOR VALUES FROM (1) TO (20);
