CREATE TABLE t (id integer, w text, v text);
CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM public.t';
CREATE TABLE d (k text);
