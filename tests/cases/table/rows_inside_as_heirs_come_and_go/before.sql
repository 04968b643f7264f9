CREATE TABLE a (x integer, y text);
CREATE TABLE b () INHERITS (a);
CREATE DOMAIN d AS integer;
CREATE TABLE t (id integer, v b, w a[], n d[]);
CREATE TABLE u (id integer, v b, w a[], n d[]);
CREATE TABLE leaves (id integer, v b, w a[], n d[]) INHERITS (t);
CREATE TABLE joins (id integer, v b, w a[], n d[]);
CREATE TABLE goes_over (id integer, v b, w a[], n d[]) INHERITS (t);
CREATE TABLE below (z integer) INHERITS (goes_over);
