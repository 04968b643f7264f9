CREATE TABLE t (a integer, c varchar(10));
CREATE INDEX i ON t (a);
CREATE INDEX j ON t ((a + 1)) WHERE c = 'x';
