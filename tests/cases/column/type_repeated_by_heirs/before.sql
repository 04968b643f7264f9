CREATE TABLE whole (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED, c integer);
CREATE TABLE heir (a integer DEFAULT 3, b integer GENERATED ALWAYS AS (a * 3) STORED, z integer, y integer)
    INHERITS (whole);
CREATE TABLE plain_heir () INHERITS (whole);
CREATE TABLE far_heir (c integer NOT NULL) INHERITS (plain_heir);
CREATE INDEX heir_a ON heir ((a + 1));
CREATE VIEW v AS SELECT a, b FROM heir;
