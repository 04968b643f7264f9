CREATE TABLE a (n integer);
CREATE TABLE b (n integer NOT NULL);
CREATE TABLE heir () INHERITS (a, b);
