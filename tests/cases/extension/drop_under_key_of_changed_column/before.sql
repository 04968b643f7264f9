CREATE EXTENSION citext;
CREATE TABLE t (id citext PRIMARY KEY, name citext UNIQUE, other citext);
CREATE INDEX t_other ON t (other);
