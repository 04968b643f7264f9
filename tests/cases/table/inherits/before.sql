CREATE TABLE p (a integer);
CREATE TABLE q (b integer);
CREATE TABLE t (c integer) INHERITS (p);
