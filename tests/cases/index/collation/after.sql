CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE INDEX i ON t (c COLLATE "C", lower(c) COLLATE "POSIX" DESC NULLS LAST);
