CREATE OPERATOR CLASS retyped FOR TYPE integer USING hash AS OPERATOR 1 =(integer, integer), FUNCTION 1 hashint4(integer);
CREATE OPERATOR CLASS stored FOR TYPE text USING gin AS STORAGE bigint;
