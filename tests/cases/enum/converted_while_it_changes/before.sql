CREATE TYPE e AS ENUM ('a', 'b');
CREATE TYPE c AS (n integer, e e);
CREATE DOMAIN d AS text;
CREATE TABLE t (one e, of_domain e, c c, many e[], said d COLLATE "C");
