CREATE COLLATION a (lc_collate = 'POSIX', lc_ctype = 'C');
