CREATE TABLE t (a integer UNIQUE, c integer, CONSTRAINT ck CHECK (a > c));
CREATE INDEX i ON t (a, c);
CREATE VIEW v AS SELECT a AS x FROM t;
