CREATE FUNCTION f(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION h(a int, OUT b int, OUT c int) LANGUAGE sql AS 'select 1, 2';
CREATE FUNCTION i(a int[]) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION j(a int) RETURNS TABLE(x int) LANGUAGE sql AS 'select 1';
