CREATE TABLE t (id int, x int, y int, CONSTRAINT i UNIQUE (x));
CREATE INDEX k ON t (id);
CREATE INDEX second ON t (y);
ALTER TABLE t ADD CONSTRAINT first PRIMARY KEY (id);
