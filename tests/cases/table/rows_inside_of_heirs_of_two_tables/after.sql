CREATE TABLE p (a integer, x integer, g integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE q (b integer, y integer);
CREATE TABLE h (id integer) INHERITS (p, q);
CREATE TABLE k (n integer PRIMARY KEY, r h, rs h[]);
