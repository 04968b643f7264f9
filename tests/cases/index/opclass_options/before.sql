CREATE TABLE t (v tsvector);
