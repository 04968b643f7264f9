CREATE TABLE t (a integer, CONSTRAINT ck CHECK (a > 1));
CREATE TABLE u (b integer) INHERITS (t);
