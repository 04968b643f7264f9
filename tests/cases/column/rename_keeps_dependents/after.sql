CREATE TABLE t (b integer, c integer, CONSTRAINT t_a_key UNIQUE (b), CONSTRAINT ck CHECK (b > c));
CREATE INDEX i ON t (b, c);
CREATE VIEW v AS SELECT b AS x FROM t;
