CREATE TABLE a (id integer, n text DEFAULT 'x' NOT NULL, m text CONSTRAINT has_m NOT NULL);
CREATE TABLE b (more integer) INHERITS (a);
CREATE TABLE c (n text DEFAULT 'y' NOT NULL, m text NOT NULL) INHERITS (b);
