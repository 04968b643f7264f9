CREATE SCHEMA s;
CREATE TYPE s.e AS ENUM ('a', 'b');
CREATE DOMAIN d AS s.e CHECK (VALUE <> 'a'::s.e);
CREATE TABLE t (x d, y d[]);
