CREATE TYPE color AS ENUM ('r', 'g');
CREATE TABLE above (a integer, b color DEFAULT 'r', bs color[] DEFAULT '{r}');
CREATE TABLE heir (d integer) INHERITS (above);
CREATE TABLE below () INHERITS (heir);
CREATE TABLE whole (k integer, b color DEFAULT 'r') PARTITION BY RANGE (k);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (9);
