CREATE TABLE p0 (id int);
CREATE TABLE p1 (id int, a int);
CREATE TABLE p2 (id int, b int);
CREATE TABLE heir (own int) INHERITS (p0, p1, p2);
CREATE TABLE u (one heir, many heir[]);
