CREATE TABLE p (a integer, b integer);
CREATE TABLE q (c integer);
CREATE TABLE t (a integer, b integer, c integer, d integer) INHERITS (p, q);
CREATE TABLE s (a integer, b integer, c integer, e integer);
