CREATE TABLE p (a integer);
CREATE TABLE q (b integer);
CREATE TABLE t (c integer, d integer) INHERITS (p);
