CREATE TABLE t (a bigint, b integer, c integer, d integer);
CREATE INDEX changes ON t (b) WHERE b <> 0;
CREATE INDEX stays ON t ((a + 1));
