CREATE SCHEMA app;
CREATE TABLE t (id integer PRIMARY KEY, a integer);
CREATE INDEX i ON t (a);
