CREATE SCHEMA "Other";
CREATE TYPE stays AS RANGE (subtype = time, multirange_type_name = "Other".stays);
CREATE TABLE t (a stays, b "Other".stays);
