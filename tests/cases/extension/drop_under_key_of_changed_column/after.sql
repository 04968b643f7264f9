CREATE TABLE t (id text PRIMARY KEY, name text UNIQUE, other text);
CREATE INDEX t_other ON t (other);
