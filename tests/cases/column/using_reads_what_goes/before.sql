CREATE TABLE t (id integer PRIMARY KEY, a text, n numeric, m numeric);
CREATE TABLE p (id integer, a text, n numeric) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p DEFAULT;
