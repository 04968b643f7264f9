CREATE TABLE t (b integer DEFAULT 5);
