CREATE TYPE c AS (a integer, b text);
CREATE TYPE o AS (n integer, cs c[]);
CREATE TABLE t (id integer PRIMARY KEY, x c[] NOT NULL, y o, z o[]);
CREATE TABLE u (id integer, x c[]) PARTITION BY RANGE (id);
CREATE TABLE u1 PARTITION OF u DEFAULT;
