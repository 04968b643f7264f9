CREATE TABLE p (k integer, at date) PARTITION BY RANGE (at, k);
CREATE TABLE t (k integer, at date);
