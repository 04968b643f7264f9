CREATE TABLE t (id integer PRIMARY KEY, n integer, s text);
CREATE VIEW v AS SELECT id, s FROM t;
CREATE VIEW w AS SELECT id FROM v;
