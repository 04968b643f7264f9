CREATE TYPE c AS (a int, b text);
CREATE TABLE t (k c, ks c[], v text, w c DEFAULT ROW(1,'a'));
CREATE INDEX i ON t (k);
CREATE TABLE p (k c); CREATE TABLE h (z int) INHERITS (p);
