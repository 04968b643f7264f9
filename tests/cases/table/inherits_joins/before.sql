CREATE TABLE p (a integer NOT NULL, b integer);
CREATE TABLE q (c integer);
CREATE TABLE t (a integer NOT NULL, c integer, d integer);
CREATE TABLE s (e integer) INHERITS (p, q);
CREATE TABLE u (a bigint NOT NULL, b integer);
