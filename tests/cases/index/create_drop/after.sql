CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE INDEX ON t (a);
CREATE INDEX ON t (a, b);
CREATE INDEX ON t (lower(c));
CREATE INDEX ON t (c) WHERE a > 0;
