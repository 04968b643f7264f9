CREATE TYPE r AS RANGE (subtype = integer);
CREATE TABLE t (a r, b r_multirange);
CREATE TABLE u (a r, CONSTRAINT c CHECK (a && r(1, 5) AND NOT r_multirange(a) @> 3));
