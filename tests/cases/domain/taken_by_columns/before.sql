CREATE TABLE t (a text, b varchar(10), c text[], n integer);
