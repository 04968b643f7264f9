CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
ALTER TABLE t ADD CHECK (a > 0), ADD CHECK (a < b), ADD CHECK (c is not null or c = ''), ADD CHECK (1 < 2);
