CREATE TYPE c AS (a integer, b text, gone date);
CREATE TABLE d (a integer, b text);
CREATE TYPE e AS (a integer, b text);
CREATE TABLE t (id integer, v c, w d, x e[]);
