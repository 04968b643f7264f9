CREATE TYPE c AS (a int, b text);
CREATE TYPE d AS (a int, b text);
CREATE TABLE t (k c, v text, primary key (k)) PARTITION BY LIST (k);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('(1,a)');
CREATE TABLE t2 PARTITION OF t DEFAULT;
