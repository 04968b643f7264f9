CREATE TABLE p (a integer NOT NULL, b text) PARTITION BY LIST (b);
