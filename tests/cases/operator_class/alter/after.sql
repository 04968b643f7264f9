CREATE OPERATOR FAMILY many USING btree;
ALTER OPERATOR FAMILY many USING btree ADD OPERATOR 2 <= (bigint, integer), FUNCTION 1 (bigint, integer) btint84cmp(bigint, integer);
CREATE OPERATOR CLASS marked FOR TYPE text USING hash FAMILY pg_catalog.text_ops AS STORAGE text;
CREATE OPERATOR FAMILY moved USING hash;
CREATE OPERATOR CLASS went FOR TYPE text USING hash FAMILY moved AS OPERATOR 1 =, FUNCTION 1 hashtext(text);
