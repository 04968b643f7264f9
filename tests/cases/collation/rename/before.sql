CREATE COLLATION plain (locale = 'C');
CREATE TABLE t (b text COLLATE plain);
