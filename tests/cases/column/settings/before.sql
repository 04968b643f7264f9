CREATE TABLE t (a text, b text, c integer, d text);
ALTER TABLE t ALTER b SET STORAGE external, ALTER b SET STATISTICS 5, ALTER b SET (n_distinct = 3, n_distinct_inherited = 2),
  ALTER b SET COMPRESSION pglz;
