CREATE TABLE a (x bigint, y text);
CREATE TABLE b () INHERITS (a);
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
CREATE TABLE t (id integer, v b, w a[], n d[]);
CREATE TABLE u (id integer, v b, w a[], n d[]);
CREATE TABLE leaves (id integer, v b, w a[], n d[]);
CREATE TABLE joins (id integer, v b, w a[], n d[]) INHERITS (u);
CREATE TABLE goes_over (id integer, v b, w a[], n d[]) INHERITS (u);
CREATE TABLE below (z integer) INHERITS (goes_over);
