CREATE TABLE t (a bigint, b varchar(20), c text);
