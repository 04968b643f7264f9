CREATE TABLE t (a integer DEFAULT 5, CHECK (a > 0), UNIQUE (a));
