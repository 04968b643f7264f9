CREATE TABLE p (k text, n integer) PARTITION BY LIST (lower(k));
CREATE TABLE rest PARTITION OF p DEFAULT;
CREATE TABLE t (k text, n integer);
