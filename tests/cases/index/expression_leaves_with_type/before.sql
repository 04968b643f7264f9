CREATE TABLE t (a integer, b text, c text, d text);
CREATE INDEX goes ON t (lower(c));
CREATE INDEX goes_by_predicate ON t (d) WHERE d <> '';
CREATE INDEX changes ON t (b) WHERE b <> '';
CREATE INDEX stays ON t ((a + 1));
