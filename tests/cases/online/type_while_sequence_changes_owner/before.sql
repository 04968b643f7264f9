CREATE SEQUENCE s;
CREATE SEQUENCE kept;
CREATE TABLE t (a integer DEFAULT nextval('s'), b integer, c integer DEFAULT nextval('kept'));
ALTER SEQUENCE s OWNED BY t.a;
