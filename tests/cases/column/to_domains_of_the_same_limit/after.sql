CREATE DOMAIN price AS numeric(5, 2);
CREATE DOMAIN short AS varchar(20);
CREATE DOMAIN shorter AS short CHECK (VALUE <> '');
CREATE DOMAIN amount AS numeric(5, 2) CHECK (VALUE > 0);
CREATE TABLE t (id integer PRIMARY KEY, a shorter, b amount, c amount, d short[]);
