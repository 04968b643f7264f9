CREATE TABLE a (n integer, CONSTRAINT positive CHECK (n > 1));
CREATE TABLE b (n integer, CONSTRAINT positive CHECK (n > 1));
CREATE TABLE heir (CONSTRAINT positive CHECK (n > 1)) INHERITS (a, b);
CREATE TABLE c (n integer, CONSTRAINT small CHECK (n < 9));
CREATE TABLE heir_of_c (CONSTRAINT small CHECK (n < 9)) INHERITS (c);
CREATE TABLE d (n integer);
CREATE TABLE heir_of_d () INHERITS (d);
