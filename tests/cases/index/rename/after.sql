CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE INDEX j ON t (a);
