CREATE TYPE spans AS RANGE (subtype = integer);
CREATE TABLE t (a spans, b spans_multirange);
