CREATE TABLE t (id integer PRIMARY KEY, a numeric);
CREATE TABLE p (id integer, a numeric) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p DEFAULT;
