CREATE SEQUENCE s;
CREATE SEQUENCE kept;
CREATE TABLE t (a bigint DEFAULT nextval('s'), b integer, c bigint DEFAULT nextval('kept'));
ALTER SEQUENCE s OWNED BY t.b;
ALTER SEQUENCE kept OWNED BY t.c;
