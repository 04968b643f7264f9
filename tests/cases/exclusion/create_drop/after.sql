CREATE TABLE t (room int4range, during tsrange, a integer);
ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (room WITH =, during WITH &&);
