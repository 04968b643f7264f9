CREATE SCHEMA core;
CREATE TABLE core.t (a integer, b text);
CREATE FUNCTION core.total() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM core.t';
CREATE MATERIALIZED VIEW core.m AS SELECT a, b, core.total() AS total FROM core.t;
