CREATE TABLE t (id integer, v text);
CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM public.t';
CREATE TABLE u (b text, a text);
CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql AS 'SELECT * FROM public.u';
CREATE TABLE w (id integer, g text, v text);
CREATE FUNCTION h() RETURNS SETOF w LANGUAGE sql AS 'SELECT * FROM public.w';
CREATE VIEW stays AS SELECT r.v FROM h() r;
