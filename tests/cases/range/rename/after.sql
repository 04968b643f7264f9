CREATE TYPE spans AS RANGE (subtype = integer);
CREATE TABLE t (a spans, b spans_multirange);
CREATE TABLE u (a spans, CONSTRAINT c CHECK (a && spans(1, 5) AND NOT spans_multirange(a) @> 3));
