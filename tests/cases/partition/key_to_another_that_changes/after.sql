CREATE TYPE c AS (b text, a int);
CREATE TYPE d AS (a bigint, b text);
CREATE TABLE t (k d, v text, primary key (k)) PARTITION BY LIST (k);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('(1,a)');
CREATE TABLE t2 PARTITION OF t DEFAULT;
