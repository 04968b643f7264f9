CREATE TABLE p (a integer NOT NULL, b integer);
CREATE TABLE q (c integer);
CREATE TABLE t (a integer NOT NULL, b integer, c integer, d integer);
ALTER TABLE t INHERIT p;
ALTER TABLE t INHERIT q;
CREATE TABLE s (a integer NOT NULL, b integer, c integer, e integer);
