CREATE TABLE p (a integer NOT NULL, b integer);
CREATE TABLE q (c integer);
CREATE TABLE t (a integer NOT NULL, b integer, c integer, d integer);
ALTER TABLE t INHERIT p;
ALTER TABLE t INHERIT q;
CREATE TABLE s (a integer NOT NULL, b integer, c integer, e integer);
CREATE TABLE u (a integer CONSTRAINT mine NOT NULL, b integer);
ALTER TABLE u INHERIT p;
