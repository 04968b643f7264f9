CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
ALTER TABLE t ADD UNIQUE (a), ADD UNIQUE (b, c), ADD UNIQUE (c);
