CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE VIEW one AS SELECT 1 AS a, 'x'::text AS b;
CREATE MATERIALIZED VIEW two AS SELECT 1 AS a, now() AS b;
CREATE UNLOGGED TABLE plain (a integer, s e);
CREATE TABLE kept (id integer PRIMARY KEY, v one, w two[], p plain);
CREATE TABLE top (v one, p plain[]);
CREATE TABLE below (w two, z integer) INHERITS (top);
