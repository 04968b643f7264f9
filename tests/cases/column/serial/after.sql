CREATE TABLE t (a integer, b serial);
