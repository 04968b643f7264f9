CREATE COLLATION a (provider = icu, locale = 'und', rules = '&V << w <<< W');
CREATE COLLATION b (provider = builtin, locale = 'C');
