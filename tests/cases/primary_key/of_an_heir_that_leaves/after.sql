CREATE TABLE heir (d int NOT NULL, a uuid);
