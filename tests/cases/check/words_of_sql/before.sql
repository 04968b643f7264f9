CREATE TABLE t (a integer, b integer);
CREATE DOMAIN d AS integer;
