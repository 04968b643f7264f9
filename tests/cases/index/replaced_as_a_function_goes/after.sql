CREATE TABLE t (a text, b integer);
CREATE INDEX t_a ON t (upper(a), b);
