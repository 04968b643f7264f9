CREATE TABLE t (a integer, "B b" text, c integer, d integer NOT NULL, "from" date);
INSERT INTO t SELECT i, i, i, i, now() FROM generate_series(1, 300) i;
CREATE TABLE heir (e integer) INHERITS (t);
INSERT INTO heir SELECT i, i, i, i, now(), i FROM generate_series(301, 400) i;
CREATE INDEX t_b ON t ("B b");
