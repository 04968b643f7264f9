CREATE TABLE a (n integer NOT NULL);
CREATE TABLE b (n integer);
CREATE TABLE heir () INHERITS (a, b);
