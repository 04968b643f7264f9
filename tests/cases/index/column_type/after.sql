CREATE TABLE t (a bigint, c varchar(20));
CREATE INDEX i ON t (a);
CREATE INDEX j ON t ((a + 1)) WHERE c = 'x';
