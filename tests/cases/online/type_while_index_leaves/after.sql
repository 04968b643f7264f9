CREATE TABLE t (id bigserial NOT NULL, n character varying(20));
CREATE TABLE heir (x integer) INHERITS (t);
CREATE UNIQUE INDEX of_both ON t (id, n);
CREATE TABLE g (a smallint NOT NULL DEFAULT 4, b text, c integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE INDEX changes ON g (b DESC);
