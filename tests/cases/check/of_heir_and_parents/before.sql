CREATE TABLE a (n integer, CONSTRAINT positive CHECK (n > 0));
CREATE TABLE b (n integer, CONSTRAINT positive CHECK (n > 0));
CREATE TABLE heir (CONSTRAINT positive CHECK (n > 0)) INHERITS (a, b);
CREATE TABLE c (n integer);
CREATE TABLE heir_of_c (CONSTRAINT small CHECK (n < 9)) INHERITS (c);
CREATE TABLE d (n integer, CONSTRAINT small CHECK (n < 9));
CREATE TABLE heir_of_d (CONSTRAINT small CHECK (n < 9)) INHERITS (d);
