CREATE SCHEMA app;
CREATE TABLE new (a integer, b integer);
CREATE STATISTICS app.pair ON a, b FROM new;
CREATE TABLE heir (a integer, b integer) INHERITS (new);
