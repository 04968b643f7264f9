CREATE TABLE t (a int, b text);
CREATE TABLE holder (held t, n int);
CREATE VIEW v AS SELECT (held).a, n FROM holder;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING ((SELECT count(*) FROM v) > 0);
