CREATE SCHEMA "Other";
CREATE TYPE stays AS RANGE (subtype = time, multirange_type_name = "Other".stays);
CREATE TYPE times AS RANGE (subtype = time, multirange_type_name = "Other"."Many times");
CREATE TABLE t (a stays, b "Other".stays, c times, d "Other"."Many times"[]);
