CREATE TYPE e AS ENUM ('b', 'a');
CREATE TYPE c AS (n integer, e e, more integer);
CREATE DOMAIN d AS varchar(20);
CREATE DOMAIN over AS e CHECK (VALUE <> 'b');
CREATE TABLE t (one e[], of_domain over, c c[], many e, said d);
