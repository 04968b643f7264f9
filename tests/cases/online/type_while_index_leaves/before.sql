CREATE TABLE t (id serial NOT NULL, n text);
CREATE TABLE heir (x integer) INHERITS (t);
CREATE INDEX of_n ON t (n);
CREATE UNIQUE INDEX of_id ON t (id);
CREATE TABLE g (a integer NOT NULL DEFAULT 4, b text, c integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE INDEX of_c ON g (c);
CREATE INDEX changes ON g (b);
