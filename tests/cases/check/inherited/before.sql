CREATE TABLE t (a integer, CONSTRAINT ck CHECK (a > 0));
CREATE TABLE u (b integer) INHERITS (t);
