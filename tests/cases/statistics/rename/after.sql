CREATE TABLE u (a integer, b integer);
CREATE STATISTICS y ON b, a FROM u;
