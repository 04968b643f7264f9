CREATE TABLE p (a integer, b integer);
CREATE TABLE q (c integer);
CREATE TABLE t (a integer, c integer, d integer);
CREATE TABLE s (e integer) INHERITS (p, q);
