CREATE COLLATION b (provider = icu, locale = 'en');
CREATE COLLATION c (provider = icu, locale = 'en');
