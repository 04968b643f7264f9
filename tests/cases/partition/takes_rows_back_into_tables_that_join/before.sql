CREATE TABLE whole (e text PRIMARY KEY, g integer);
CREATE TABLE plain (b integer, e text, g integer CHECK (g > 0));
CREATE TABLE deep (e text, g integer) PARTITION BY LIST (e);
CREATE TABLE deeper (e text, g integer NOT NULL DEFAULT 3);
CREATE INDEX ON deeper (g);
CREATE TABLE refers (e text REFERENCES whole);
