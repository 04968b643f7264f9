CREATE TYPE r AS RANGE (subtype = integer, multirange_type_name = rs);
