CREATE FUNCTION f(a int, c int) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION g(given int) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION h(a int, OUT b int, OUT d int) LANGUAGE sql AS 'select 1, 2';
CREATE FUNCTION i(VARIADIC a int[]) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION j(a int) RETURNS TABLE(x int, y int) LANGUAGE sql AS 'select 1, 2';
