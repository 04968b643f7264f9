CREATE TYPE y AS (x integer, z integer);
CREATE TABLE top (c integer);
CREATE TABLE heir (a integer, c integer, CONSTRAINT positive CHECK (a > 0)) INHERITS (top);
