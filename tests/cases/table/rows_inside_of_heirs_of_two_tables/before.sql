-- Rows of the heir are held; a column of one table comes again, beside new ones of both.
CREATE TABLE p (a integer, g integer);
CREATE TABLE q (b integer);
CREATE TABLE h (id integer) INHERITS (p, q);
CREATE TABLE k (n integer PRIMARY KEY, r h, rs h[]);
