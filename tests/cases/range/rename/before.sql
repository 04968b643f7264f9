CREATE TYPE r AS RANGE (subtype = integer);
CREATE TABLE t (a r, b r_multirange);
