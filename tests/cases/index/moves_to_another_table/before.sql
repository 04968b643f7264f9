CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE TABLE u (a integer);
CREATE INDEX i ON t (a);
