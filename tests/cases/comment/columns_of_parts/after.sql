CREATE TABLE p (id integer, v2 text, w text) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE q (id integer, v text);
CREATE TABLE q1 (x integer) INHERITS (q);
COMMENT ON COLUMN p1.v2 IS 'is';
COMMENT ON COLUMN p1.id IS 'new';
COMMENT ON COLUMN q1.v IS 'stays';
