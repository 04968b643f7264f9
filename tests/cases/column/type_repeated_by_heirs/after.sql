CREATE TABLE whole (a bigint, b integer GENERATED ALWAYS AS (a * 2) STORED, c bigint);
CREATE TABLE heir (a bigint DEFAULT 3, b integer GENERATED ALWAYS AS (a * 3) STORED, z bigint, y bigint)
    INHERITS (whole);
CREATE TABLE plain_heir () INHERITS (whole);
CREATE TABLE far_heir (c bigint NOT NULL) INHERITS (plain_heir);
CREATE INDEX heir_a ON heir ((a + 1));
CREATE VIEW v AS SELECT a, b FROM heir;
