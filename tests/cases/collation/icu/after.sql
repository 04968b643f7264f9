CREATE COLLATION b (provider = icu, locale = 'de');
CREATE COLLATION c (provider = icu, locale = 'en', deterministic = false);
CREATE COLLATION numbers (provider = icu, locale = 'en-u-kn-true');
CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE t (b text COLLATE loose);
