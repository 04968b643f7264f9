CREATE TABLE whole (e text PRIMARY KEY, g integer) PARTITION BY RANGE (e);
CREATE TABLE plain (e text CONSTRAINT whole_e_not_null NOT NULL, g integer CHECK (g > 0));
ALTER TABLE whole ATTACH PARTITION plain FOR VALUES FROM ('a') TO ('c');
CREATE TABLE deep (e text CONSTRAINT whole_e_not_null NOT NULL, g integer) PARTITION BY LIST (e);
ALTER TABLE whole ATTACH PARTITION deep FOR VALUES FROM ('m') TO ('p');
CREATE TABLE deeper (e text CONSTRAINT whole_e_not_null NOT NULL, g integer NOT NULL DEFAULT 3);
ALTER TABLE deep ATTACH PARTITION deeper DEFAULT;
CREATE INDEX ON deeper (g);
CREATE TABLE refers (e text REFERENCES whole);
