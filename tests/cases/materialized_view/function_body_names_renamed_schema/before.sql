CREATE SCHEMA app;
CREATE TABLE app.t (a integer);
CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM app.t';
CREATE MATERIALIZED VIEW app.m AS SELECT a, app.total() AS total FROM app.t;
