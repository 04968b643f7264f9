CREATE TABLE t (room int4range, during tsrange, a integer);
ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (int4range(a, a + 1) WITH =, during WITH &&);
