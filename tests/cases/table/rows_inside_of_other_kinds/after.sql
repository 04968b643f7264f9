CREATE TYPE e AS ENUM ('b', 'a');
CREATE TABLE one (b text, a bigint);
CREATE VIEW two AS SELECT 1 AS a, now() AS b;
CREATE TABLE plain (a integer, s e);
CREATE TABLE kept (id integer PRIMARY KEY, v one, w two[], p plain);
CREATE TABLE top (v one, p plain[]);
CREATE TABLE below (w two, z integer) INHERITS (top);
