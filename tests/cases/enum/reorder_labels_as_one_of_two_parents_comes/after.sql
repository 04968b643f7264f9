CREATE TYPE size AS ENUM ('huge', 'large', 'small');
CREATE TABLE made (size size);
CREATE TABLE sold (size size);
CREATE TABLE shirt (id integer) INHERITS (made, sold);
CREATE VIEW shirts AS SELECT id, size FROM shirt;
