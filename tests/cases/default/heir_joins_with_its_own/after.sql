CREATE TABLE above (a bigint, b numeric NOT NULL DEFAULT 7);
CREATE TABLE heir (a bigint, b numeric CONSTRAINT above_b_not_null NOT NULL DEFAULT 40);
ALTER TABLE heir INHERIT above;
CREATE TABLE whole (a bigint, b numeric NOT NULL DEFAULT 7) PARTITION BY RANGE (a);
CREATE TABLE part (a bigint, b numeric CONSTRAINT whole_b_not_null NOT NULL DEFAULT 41);
ALTER TABLE whole ATTACH PARTITION part FOR VALUES FROM (0) TO (10);
