CREATE OPERATOR CLASS retyped FOR TYPE text USING hash AS OPERATOR 1 =(text, text), FUNCTION 1 hashtext(text);
CREATE OPERATOR CLASS stored FOR TYPE text USING gin AS STORAGE integer;
