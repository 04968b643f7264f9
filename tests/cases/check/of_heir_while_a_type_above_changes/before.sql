CREATE TYPE y AS RANGE (subtype = date);
CREATE TABLE top (a y, c integer);
CREATE TABLE heir (a integer);
