CREATE TABLE t (room int4range, during tsrange, a integer);
