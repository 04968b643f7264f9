CREATE FUNCTION f(a int) RETURNS void LANGUAGE plpgsql AS 'begin end';
