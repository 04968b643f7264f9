CREATE SCHEMA app;
CREATE COLLATION app.bytes (locale = 'C');
CREATE TABLE t (b text COLLATE app.bytes);
