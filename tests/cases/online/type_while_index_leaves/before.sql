CREATE TABLE t (id serial NOT NULL, n text);
CREATE TABLE heir (x integer) INHERITS (t);
CREATE INDEX of_n ON t (n);
CREATE UNIQUE INDEX of_id ON t (id);
