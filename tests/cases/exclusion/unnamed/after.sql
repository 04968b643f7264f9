CREATE TABLE t (room int4range, during tsrange, a integer);
ALTER TABLE t ADD EXCLUDE USING gist (room WITH =, during WITH &&);
