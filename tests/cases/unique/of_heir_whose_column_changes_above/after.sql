CREATE TABLE h (a integer);
CREATE TABLE c (UNIQUE (a)) INHERITS (h);
CREATE INDEX c_more ON c ((a + 1));
