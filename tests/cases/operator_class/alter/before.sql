CREATE OPERATOR FAMILY many USING btree;
ALTER OPERATOR FAMILY many USING btree ADD OPERATOR 1 < (bigint, integer), FUNCTION 1 (bigint, integer) btint84cmp(bigint, integer);
CREATE OPERATOR CLASS marked FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 1 hashtext(text);
CREATE OPERATOR CLASS moved FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 1 hashtext(text);
