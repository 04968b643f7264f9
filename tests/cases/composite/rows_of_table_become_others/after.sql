CREATE TABLE w (z text, a text);
CREATE TABLE t (id int, c w);
CREATE TYPE n AS (b int, a text, z text);
CREATE TABLE t2 (id int, c n);
