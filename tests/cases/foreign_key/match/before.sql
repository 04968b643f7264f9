CREATE TABLE s (id integer PRIMARY KEY, k integer UNIQUE, CONSTRAINT s_both UNIQUE (id, k));
CREATE TABLE t (a integer, b integer);
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES s (id, k);
