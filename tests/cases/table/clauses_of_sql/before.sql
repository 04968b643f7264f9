CREATE TABLE o (id integer PRIMARY KEY, k text, UNIQUE (id, k));
CREATE TABLE t (id integer, a integer, b text, c integer, owner text);
