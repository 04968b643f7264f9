CREATE COLLATION plain (locale = 'C');
CREATE COLLATION mixed (lc_collate = 'C', lc_ctype = 'POSIX');
COMMENT ON COLLATION plain IS 'By bytes.';
CREATE TABLE t (a text, b text COLLATE plain);
