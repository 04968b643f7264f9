-- The way back is that one of the two parents of a column goes as its type is made anew.
CREATE TYPE size AS ENUM ('small', 'large', 'huge');
CREATE TABLE made (size size);
CREATE TABLE shirt (id integer) INHERITS (made);
CREATE VIEW shirts AS SELECT id, size FROM shirt;
