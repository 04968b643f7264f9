CREATE TABLE a (id integer, n varchar(10) DEFAULT 'x' NOT NULL, m varchar CONSTRAINT has_m NOT NULL);
CREATE TABLE b (more integer) INHERITS (a);
CREATE TABLE c (n varchar(10) DEFAULT 'z' NOT NULL, m varchar NOT NULL) INHERITS (b);
