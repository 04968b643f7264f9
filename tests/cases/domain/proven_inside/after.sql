CREATE DOMAIN d AS integer CHECK (VALUE > 0);
CREATE DOMAIN e AS d[];
CREATE DOMAIN n AS text NOT NULL;
CREATE TYPE c AS (n n, d d);
CREATE TABLE t (id integer PRIMARY KEY, x d[], y c, z d);
CREATE TABLE s (id integer REFERENCES t, x e, y n);
