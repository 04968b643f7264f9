CREATE PROCEDURE tidy(days int, INOUT gone bigint DEFAULT 1) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = '' AS 'begin gone := 2; end';
CREATE PROCEDURE p(OUT b int) LANGUAGE plpgsql AS 'begin b := 1; end';
