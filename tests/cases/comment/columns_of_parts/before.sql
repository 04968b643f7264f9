CREATE TABLE p (id integer, v text, w text) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE q (id integer, v text);
CREATE TABLE q1 (x integer) INHERITS (q);
COMMENT ON COLUMN p1.v IS 'was';
COMMENT ON COLUMN p1.w IS 'goes';
COMMENT ON COLUMN q1.v IS 'stays';
