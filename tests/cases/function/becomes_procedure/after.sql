CREATE PROCEDURE f(a int) LANGUAGE plpgsql AS 'begin end';
