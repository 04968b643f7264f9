CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'y');
CREATE UNIQUE INDEX i ON t (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass;
