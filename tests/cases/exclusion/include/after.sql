CREATE TABLE t (room int4range, during tsrange, a integer);
ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING btree (a WITH =) INCLUDE (room);
