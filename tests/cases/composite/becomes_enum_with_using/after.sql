CREATE TYPE c AS ENUM ('a','b');
CREATE TABLE t (k c, ks c[], v text, w c DEFAULT 'a');
CREATE INDEX i ON t (k);
CREATE TABLE p (k c); CREATE TABLE h (z int) INHERITS (p);
