CREATE TABLE t (id int, x int, y int, CONSTRAINT k UNIQUE (x));
CREATE INDEX i ON t (id);
CREATE INDEX first ON t (y);
