CREATE COLLATION a (lc_collate = 'C', lc_ctype = 'POSIX');
