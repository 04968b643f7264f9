CREATE TABLE t (a integer, b point);
