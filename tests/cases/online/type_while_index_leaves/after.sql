CREATE TABLE t (id bigserial NOT NULL, n character varying(20));
CREATE TABLE heir (x integer) INHERITS (t);
CREATE UNIQUE INDEX of_both ON t (id, n);
