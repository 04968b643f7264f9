CREATE TABLE a (id bigint, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE a1 PARTITION OF a FOR VALUES IN (1);
CREATE TABLE c (a_id bigint, k integer, CONSTRAINT to_part FOREIGN KEY (a_id, k) REFERENCES a1);
