CREATE SCHEMA x;
CREATE SCHEMA y;
CREATE TYPE a AS RANGE (subtype = time, multirange_type_name = x.many);
CREATE TYPE b AS RANGE (subtype = time);
CREATE TYPE c AS RANGE (subtype = time, multirange_type_name = x.of_c);
CREATE TABLE t (a x.many, b b_multirange, c x.of_c);
