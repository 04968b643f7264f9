CREATE TABLE p1 (id int, a int);
CREATE TABLE p2 (id int, a int);
CREATE TABLE heir (own int) INHERITS (p1, p2);
