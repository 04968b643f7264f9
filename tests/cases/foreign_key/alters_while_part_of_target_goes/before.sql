CREATE TABLE target (id integer, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE target_1 PARTITION OF target FOR VALUES IN (1);
CREATE TABLE target_2 PARTITION OF target FOR VALUES IN (2);
CREATE TABLE refers (id integer, k integer, CONSTRAINT fk FOREIGN KEY (id, k) REFERENCES target DEFERRABLE);
