CREATE TYPE c AS (a int, b text); CREATE TABLE o (a int, b text); CREATE TABLE n (x c, y o);
