CREATE TABLE t (a integer, b point);
CREATE SCHEMA app;
CREATE OPERATOR FAMILY app.many USING btree;
CREATE OPERATOR CLASS backwards FOR TYPE integer USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(integer, integer);
CREATE OPERATOR CLASS app.of_many FOR TYPE bigint USING btree FAMILY app.many AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint8cmp(bigint, bigint);
ALTER OPERATOR FAMILY app.many USING btree ADD OPERATOR 1 < (bigint, integer), FUNCTION 1 (bigint, integer) btint84cmp(bigint, integer);
CREATE OPERATOR CLASS marked FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 1 hashtext(text);
CREATE OPERATOR CLASS spots FOR TYPE point USING gist AS
    OPERATOR 1 <<, OPERATOR 15 <->(point, point) FOR ORDER BY float_ops, FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal), FUNCTION 8 (point, point) gist_point_distance(internal, point, smallint, oid, internal), FUNCTION 3 gist_point_compress(internal), STORAGE box;
COMMENT ON OPERATOR CLASS backwards USING btree IS 'The other way.';
COMMENT ON OPERATOR FAMILY app.many USING btree IS 'Many.';
CREATE INDEX t_a ON t (a backwards);
