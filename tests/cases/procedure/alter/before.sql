CREATE PROCEDURE tidy(days int, INOUT gone bigint DEFAULT 0) LANGUAGE plpgsql AS 'begin gone := days; end';
CREATE PROCEDURE p(OUT a int) LANGUAGE plpgsql AS 'begin a := 1; end';
