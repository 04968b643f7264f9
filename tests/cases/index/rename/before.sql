CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE INDEX i ON t (a);
