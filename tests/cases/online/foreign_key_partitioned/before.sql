CREATE TABLE r (a integer, b integer, PRIMARY KEY (a, b), UNIQUE (b));
CREATE TABLE p (k integer, a integer, b integer) PARTITION BY RANGE (k);
CREATE TABLE p_low PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE p_high PARTITION OF p FOR VALUES FROM (100) TO (300) PARTITION BY RANGE (k);
CREATE TABLE p_high_1 PARTITION OF p_high FOR VALUES FROM (100) TO (200);
CREATE TABLE p_high_2 (gone text, b integer, a integer, k integer);
ALTER TABLE p_high_2 DROP COLUMN gone;
ALTER TABLE p_high ATTACH PARTITION p_high_2 FOR VALUES FROM (200) TO (300);
