CREATE TYPE d AS (b text, a bigint, e boolean);
CREATE TYPE p AS (cs d[], n integer);
CREATE TABLE t (id integer PRIMARY KEY, x d[] NOT NULL, y p, z p[]);
CREATE TABLE u (id integer, x d[]) PARTITION BY LIST (id);
CREATE TABLE u1 PARTITION OF u DEFAULT;
