CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
ALTER TABLE t ADD UNIQUE (a, b), ADD CONSTRAINT "Odd Name" UNIQUE (c);
