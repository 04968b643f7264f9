CREATE TABLE p (k integer, at date) PARTITION BY RANGE (k);
CREATE INDEX p_at_idx ON p (at);
CREATE TABLE t (k integer, at date);
CREATE INDEX t_at_idx ON t (at);
CREATE TABLE other PARTITION OF p DEFAULT;
