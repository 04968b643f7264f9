CREATE TABLE t (id integer, v text, n integer);
CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM public.t';
CREATE TABLE d (k text);
CREATE POLICY p ON d USING (EXISTS (SELECT FROM f() r WHERE r.v = d.k));
