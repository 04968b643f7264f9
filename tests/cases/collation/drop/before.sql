CREATE COLLATION plain (locale = 'C');
