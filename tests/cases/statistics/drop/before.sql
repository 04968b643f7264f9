CREATE TABLE t (a integer, b integer, c text);
CREATE STATISTICS gone ON b, a FROM t;
CREATE STATISTICS with_column ON b, c FROM t;
CREATE TABLE u (a integer, b integer);
CREATE STATISTICS with_table ON b, a FROM u;
