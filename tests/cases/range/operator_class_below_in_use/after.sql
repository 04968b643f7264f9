CREATE FUNCTION cmp(a text, b text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'select pg_catalog.bttextcmp($1, $2)';
CREATE OPERATOR CLASS own FOR TYPE text USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 cmp(text,text);
CREATE TYPE r AS RANGE (subtype = text, subtype_opclass = own);
CREATE TABLE t (x r);
