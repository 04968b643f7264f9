CREATE SCHEMA app;
CREATE TABLE app.old (a integer, b integer);
CREATE STATISTICS app.pair ON a, b FROM app.old;
CREATE TABLE heir (a integer, b integer) INHERITS (app.old);
