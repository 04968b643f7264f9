CREATE TABLE p (k integer, name text, n integer) PARTITION BY RANGE (k);
CREATE TABLE p_low PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE p_high PARTITION OF p FOR VALUES FROM (100) TO (200);
CREATE INDEX p_n_idx ON p (n);
CREATE INDEX by_name ON p (lower(name));
CREATE UNIQUE INDEX p_key ON p (k, n);
