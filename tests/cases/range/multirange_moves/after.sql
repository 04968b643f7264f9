CREATE SCHEMA x;
CREATE SCHEMA y;
CREATE TYPE a AS RANGE (subtype = time);
CREATE TYPE b AS RANGE (subtype = time, multirange_type_name = x.many);
CREATE TYPE y.c AS RANGE (subtype = time, multirange_type_name = x.of_c);
CREATE TABLE t (a a_multirange, b x.many, c x.of_c);
