CREATE TABLE t (id int, a int);
CREATE TABLE heir () INHERITS (t);
CREATE TABLE below () INHERITS (heir);
