CREATE FOREIGN DATA WRAPPER w OPTIONS (z '1', a '2');
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'other', port '5432', dbname 'd');
CREATE SERVER s2 FOREIGN DATA WRAPPER w OPTIONS (host 'h', port '5432', dbname 'd');
CREATE FOREIGN TABLE t (a integer OPTIONS (z '1', b '2')) SERVER s2
OPTIONS (table_name 't', schema_name 's');
