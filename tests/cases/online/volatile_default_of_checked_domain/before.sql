CREATE DOMAIN code AS text CHECK (length(VALUE) > 3);
CREATE TABLE t (id integer);
